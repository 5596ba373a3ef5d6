"""How a report looks: dark on light, narrow and wide, on paper, too."""

STYLE = """
*{box-sizing:border-box}
body{margin:0;background:#fff;color:#1c1f23;font:1rem/1.5 system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:56rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 1rem}
h2{font-size:1.35rem;line-height:1.25;margin:2.5rem 0 .75rem;padding-top:.75rem;
border-top:1px solid #c9ced6}
h3{font-size:1.08rem;line-height:1.3;margin:1.5rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
a{color:#0b57a4}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:0;padding:0;
font-size:.92rem}
nav li{margin:0}
nav a{display:inline-block;padding:.15rem 0}
ul{padding-left:1.25rem}
li{margin:.35rem 0;max-width:46rem}
.short{background:#eef4fb;border-left:4px solid #0b57a4;margin:0;
padding:.75rem 1rem .75rem 2rem}
.checks{list-style:none;padding:0}
.checks>li{border-left:3px solid #c9ced6;padding-left:.75rem;margin:.75rem 0}
.badge{display:inline-block;border-radius:.25rem;padding:.05rem .5rem;font-size:.85rem;
font-weight:600;white-space:nowrap}
.doubt{background:#fbe3d6;color:#7a2500}
.fine{background:#ddf1e6;color:#0c4a2c}
.unclear{background:#e8eaee;color:#3a4048}
.note,.skipped,figcaption,caption{color:#4a515a;font-size:.92rem}
figure{margin:1rem 0}
img{display:block;max-width:100%;height:auto}
.scroll{overflow-x:auto;margin:1rem 0}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums;
overflow-wrap:normal}
caption{text-align:left;padding-bottom:.35rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;
border-bottom:1px solid #dfe3e8;max-width:34rem}
th{font-weight:600;border-bottom-color:#8b939d}
td:not(.number){min-width:7rem}
.number{text-align:right}
dl{display:grid;grid-template-columns:7rem 1fr;gap:.35rem 1rem;margin:.75rem 0}
dt{font-weight:600}
dd{margin:0}
footer{color:#4a515a;font-size:.92rem;margin-top:2.5rem;padding-bottom:2rem}
@media (max-width:40rem){dl{grid-template-columns:1fr;gap:.1rem}dd{margin-bottom:.5rem}
h1{font-size:1.45rem}td{max-width:70vw}}
@media print{nav{display:none}.scroll{overflow:visible}
header,main,footer{max-width:none}
figure,tr,.checks>li{break-inside:avoid}h2,h3{break-after:avoid}a{color:inherit}}
"""
