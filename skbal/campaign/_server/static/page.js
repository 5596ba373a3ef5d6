// The page to label on: items, questions in turn, and what is kept.

import { Away, Outbox, call, keep, newKey, recall } from "./sending.js";
import { Viewer, prepare } from "./viewer.js";

const AHEAD = 3; // items that are fetched before their turn, with the one in sight
const MOST = 10; // items that the server gives at once
const MANY = 12; // answers above which there is a search
const SETTLE = 300; // milliseconds after a new item in which a second click is a slip
const LOOK_AGAIN = 30000; // milliseconds, when nothing is left

const $ = (id) => document.getElementById(id);
const setup = JSON.parse($("setup").textContent);
const viewer = new Viewer($("stage"), $("tools"));

let queue = []; // items in the order of their turn; the first is in sight
let given = {}; // answers to the questions about it so far
let last = null; // the number of the person's last answer
let question = null; // the one in sight
let shownAt = 0;
let until = 0; // when the time to answer ends
let isUndoing = false;

// The token stands in the address only once.
if (location.search) history.replaceState(null, "", location.pathname);

const outbox = new Outbox(`skbal ${setup.campaign} ${setup.annotator}`, {
  kept(reply, entry) {
    entry.then?.(reply);
    receive(reply);
    if (reply.told?.late) {
      say(`Item ${reply.told.item} had enough answers meanwhile. Yours is kept too.`);
    }
  },
  refused(error, entry) {
    isUndoing = false;
    say(entry.body.item === undefined ? error.message : `Item ${entry.body.item}: ${error.message}`);
  },
  away(error, n) {
    const what = n === 1 ? "Your answer is" : `Your ${n} answers are`;
    trouble(`${error.message} ${what} kept here and sent again until it works.`);
  },
  back: () => trouble(null),
  idle: () => queue.length || refill(),
});

// ---------------------------------------------------------------- items

async function refill() {
  if (outbox.entries.length || refill.isRunning) return;
  refill.isRunning = true;
  try {
    receive(await call(`api/next?n=${AHEAD}`));
    trouble(null);
    refill.wait = 1000;
  } catch (error) {
    trouble(error.message);
    if (error instanceof Away && !queue.length) {
      setTimeout(refill, (refill.wait = Math.min(2 * (refill.wait ?? 500), 8000)));
    }
  } finally {
    refill.isRunning = false;
  }
}

// Takes the items that the server keeps for this person. The one in sight stays, even if
// others have answered enough: it must not change while somebody answers.
function receive(reply) {
  showProgress(reply.progress);
  const onTheirWay = outbox.items;
  const present = new Map(queue.map((item) => [item.id, item]));
  const known = (item) => {
    const before = present.get(item.id);
    // What could not be loaded while the server was away is loaded again.
    return before && before.element.stateNow !== "missing" ? before : prepare(item, $("stage"));
  };
  const rest = reply.items
    .filter((item) => item.id !== queue[0]?.id && !onTheirWay.has(item.id))
    .map(known);
  const inSight = reply.items.find((item) => item.id === queue[0]?.id);
  if (inSight && known(inSight) !== queue[0]) {
    queue[0] = prepare(inSight, $("stage"));
    viewer.show(queue[0]);
  }
  const wasEmpty = !queue.length;
  queue = [...queue.slice(0, 1), ...rest];
  if (reply.items.length) until = Date.now() + 1000 * reply.items[0].seconds;
  if (wasEmpty) showItem();
  if (Date.now() - refreshPanel.at > 3000 || !queue.length) refreshPanel();
}

function showItem() {
  const [item] = queue;
  $("work").setAttribute("aria-busy", "false");
  given = {};
  shownAt = performance.now();
  if (!item) return showEnd();
  const isBack = !$("end").hidden;
  $("look").hidden = $("ask").hidden = false;
  $("end").hidden = true;
  document.body.dataset.item = item.id;
  viewer.show(item);
  showQuestion();
  if (isBack) $("question").focus();
}

function showEnd() {
  delete document.body.dataset.item;
  if (outbox.entries.length) return; // what they bring comes first
  const isNew = $("end").hidden;
  $("look").hidden = $("ask").hidden = true;
  $("end").hidden = false;
  viewer.clear();
  const { answered, left } = showProgress.latest ?? {};
  $("end-words").textContent =
    `You have answered ${count(answered ?? 0, "item")}. ` +
    (left
      ? `The other ${count(left, "item")} that are open are with other people at the moment.`
      : "Nothing is left for you at the moment.") +
    " This page looks again every half minute.";
  if (isNew) $("end-title").focus();
}

function count(n, word) {
  return `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
}

function showProgress(progress) {
  showProgress.latest = progress;
  last = progress.last;
  const said = progress.answered + progress.cannot_tell + progress.skipped;
  $("bar").max = said + progress.left || 1;
  $("bar").value = said;
  $("done").textContent =
    `${progress.answered.toLocaleString("en")} answered, ` +
    `${progress.left.toLocaleString("en")} left`;
  showUndo();
}

function showUndo() {
  const hasSaid = last !== null || outbox.entries.length > 0;
  $("undo").disabled = !hasSaid && !Object.keys(given).length;
  $("end-undo").disabled = !hasSaid;
}

// ------------------------------------------------------------- questions

function columnsGiven() {
  return setup.questions.flatMap((asked) =>
    asked.answers.filter((a) => asked.name in given && given[asked.name] === a.value),
  ).map((answer) => answer.column);
}

function nextQuestion() {
  if (setup.questions[0].name === null) return setup.questions[0];
  const columns = columnsGiven();
  return setup.questions.find(
    (asked) =>
      !(asked.name in given) && (asked.parent === null || columns.includes(asked.parent)),
  );
}

function showQuestion() {
  const before = question;
  question = nextQuestion();
  showGiven();
  showUndo();
  if (question === before) return;
  const hadFocus = $("answers").contains(document.activeElement);
  $("question").textContent = question.title;
  $("search-box").hidden = question.answers.length <= MANY;
  $("search").value = "";
  $("answers").replaceChildren(...question.answers.map(answerButton));
  $("answers").classList.toggle("few", question.answers.length <= 5);
  $("answers").classList.toggle("long", question.answers.some((a) => a.label.length > 14));
  const zeroIsFree = !question.answers.some((answer) => answer.key === "0");
  $("cannot-tell").setAttribute("aria-keyshortcuts", zeroIsFree ? "0 ?" : "?");
  if (hadFocus) $("answers").firstElementChild.focus();
  if (before && Object.keys(given).length) say(`Next: ${question.title}`, true);
}

function answerButton(answer) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "answer";
  button.dataset.column = answer.column;
  if (answer.key) {
    const key = document.createElement("kbd");
    key.textContent = answer.key;
    key.setAttribute("aria-hidden", "true");
    button.append(key);
    button.setAttribute("aria-keyshortcuts", answer.key);
  }
  const words = document.createElement("span");
  words.textContent = answer.label;
  button.append(words);
  button.addEventListener("click", (event) => isMeant(event) && choose(answer));
  return button;
}

// A finger that taps twice means the item that it saw, not the next one.
function isMeant(event) {
  return event.detail === 0 || performance.now() - shownAt > SETTLE;
}

function showGiven() {
  const steps = setup.questions.filter((asked) => asked.name in given);
  $("given").hidden = !steps.length;
  $("given").replaceChildren(
    ...steps.map((asked) => {
      const step = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      const label = asked.answers.find((a) => a.value === given[asked.name]).label;
      button.textContent = asked.title.length > 16 ? label : `${asked.title}: ${label}`;
      button.title = `Answer again: ${asked.title}`;
      button.addEventListener("click", () => goBackTo(asked));
      step.append(button);
      return step;
    }),
  );
}

// Forgets the answer to a question, and those to all that come after it.
function goBackTo(asked) {
  const place = setup.questions.indexOf(asked);
  for (const other of setup.questions.slice(place)) delete given[other.name];
  showQuestion();
  $("question").focus();
}

function choose(answer) {
  if (!queue.length) return;
  if (!viewer.isReady) return say("The picture is still loading.");
  if (question.name === null) return tell(answer.value, answer.label);
  given[question.name] = answer.value;
  shownAt = performance.now();
  if (nextQuestion()) return showQuestion();
  tell({ ...given }, Object.values(given).join(", "));
}

// --------------------------------------------------------------- answers

function tell(answer, words) {
  const [item] = queue;
  leave(item, "api/answer", { item: item.id, answer, key: newKey() }, words);
}

function leave(item, address, body, words) {
  queue.shift();
  say(`Item ${item.id}: ${words}.`);
  const extra = () => ({ n: Math.min(AHEAD + outbox.entries.length - 1, MOST) });
  outbox.add({ address, body, extra, item, lasting: true });
  showUndo();
  showItem();
}

function cannotTell() {
  if (queue.length) tell(null, "cannot tell");
}

function skip() {
  if (queue.length) leave(queue[0], "api/skip", { item: queue[0].id }, "skipped");
}

function undo() {
  const steps = setup.questions.filter((asked) => asked.name in given);
  if (steps.length) return goBackTo(steps.at(-1));
  if (isUndoing || (last === null && !outbox.entries.length)) return;
  const unsent = outbox.takeLast();
  if (unsent?.item) return bringBack(unsent.item, "Taken back.");
  isUndoing = true;
  const extra = () => ({ n: AHEAD, id: last ?? undefined });
  outbox.add({ address: "api/undo", body: {}, extra, then: undone });
}

function undone({ told }) {
  isUndoing = false;
  if (!told) return say("There is nothing to take back.");
  const said = { skip: "skipped it", cannot_tell: "could not tell" }[told.kind];
  const answer =
    told.answer !== null && typeof told.answer === "object"
      ? Object.values(told.answer).join(", ")
      : told.answer;
  bringBack(prepare(told.again, $("stage")), `Taken back. You had ${said ?? `said: ${answer}`}.`);
}

function bringBack(item, words) {
  queue = [item, ...queue.filter((other) => other.id !== item.id)];
  showItem();
  say(`Item ${item.id}. ${words}`);
}

// ----------------------------------------------------------------- words

// What everybody sees elsewhere is for screen readers only.
function say(words, isSeen = false) {
  $("notice").classList.toggle("only-heard", isSeen);
  $("notice").textContent = words;
  $("end-notice").textContent = words;
}

function trouble(words) {
  if ($("trouble").textContent !== (words ?? "")) $("trouble").textContent = words ?? "";
  $("trouble").hidden = words === null;
}

// ------------------------------------------------------------------ keys

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input:not([type=range], [type=checkbox]), textarea, select")) return;
  if (!$("use-keys").checked) return;
  if (doKey(event.key)) event.preventDefault();
}

function doKey(key) {
  if (key === "u" || key === "Backspace") return undo(), true;
  if (!queue.length) return false;
  const answer = question.answers.find((one) => one.key === key);
  if (answer) return choose(answer), true;
  if (key === "?" || key === "0") return cannotTell(), true;
  if (key === "s") return skip(), true;
  if (key === "/" && !$("search-box").hidden) return $("search").focus(), true;
  return viewer.key(key);
}

function onSearch() {
  const words = $("search").value.trim().toLowerCase();
  for (const button of $("answers").children) {
    button.hidden = !button.lastChild.textContent.toLowerCase().includes(words);
  }
}

function onSearchKey(event) {
  const found = [...$("answers").children].filter((button) => !button.hidden);
  if (event.key === "Enter" && found.length) {
    $("search").value = "";
    onSearch();
    found[0].click();
  } else if (event.key === "Escape") {
    $("search").value = "";
    onSearch();
    $("question").focus();
  }
}

// ----------------------------------------------------------------- panel

async function refreshPanel() {
  if (!$("panel-box").open || document.hidden) return;
  refreshPanel.at = Date.now();
  try {
    const response = await fetch("panel", { cache: "no-store" });
    const html = await response.text();
    if (response.ok && html !== refreshPanel.latest) {
      $("panel").innerHTML = refreshPanel.latest = html;
    }
  } catch {
    // It shows the numbers of before. The answers say that the server is away.
  }
}

function remember(box, name, isOpen) {
  const before = recall(name);
  box.open = before === null ? isOpen : before === "open";
  box.addEventListener("toggle", () => {
    keep(name, box.open ? "open" : "closed");
    refreshPanel();
  });
}

// After a long absence the item in sight may be with others, or need no answer.
function onReturn() {
  if (document.hidden) return;
  refreshPanel();
  const isOld = Date.now() > until && !outbox.entries.length && !Object.keys(given).length;
  if (queue.length && isOld) {
    const [before] = queue;
    queue = [];
    refill().then(() => queue[0]?.id !== before.id && say("Here is another item."));
  }
}

addEventListener("keydown", onKey);
document.addEventListener("visibilitychange", onReturn);
$("cannot-tell").addEventListener("click", (event) => isMeant(event) && cannotTell());
$("skip").addEventListener("click", (event) => isMeant(event) && skip());
$("undo").addEventListener("click", undo);
$("end-undo").addEventListener("click", undo);
$("again").addEventListener("click", async () => {
  await refill();
  if (!queue.length) say("Still nothing.");
});
$("search").addEventListener("input", onSearch);
$("search").addEventListener("keydown", onSearchKey);
$("use-keys").checked = recall("skbal keys") !== "off";
$("use-keys").addEventListener("change", () => {
  keep("skbal keys", $("use-keys").checked ? "on" : "off");
});
const isWide = matchMedia("(min-width: 60rem)").matches;
viewer.openLight(isWide);
remember($("panel-box"), "skbal panel", isWide);
setInterval(() => !queue.length && !document.hidden && refill(), LOOK_AGAIN);
setInterval(refreshPanel, 15000);
refreshPanel();
refill();
