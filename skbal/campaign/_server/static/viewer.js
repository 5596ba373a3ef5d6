// Shows an item: a picture or a curve that can be moved and enlarged, a text, or a row.

const STEP = 1.25; // of one enlargement
const MOST = 40; // times the size at which it fits
const MOST_AT_FIRST = 32; // times its own size: a tiny picture is known best from afar
const SVG = "http://www.w3.org/2000/svg";

// Makes the element of an item, whose picture begins to load.
export function prepare(item, stage) {
  const { shown } = item;
  if (shown.kind === "curve") {
    // As large as there is room, so that its lines and letters need no enlargement.
    shown.width = stage.clientWidth || 800;
    shown.height = Math.min(stage.clientHeight || 400, Math.round(0.6 * shown.width));
  }
  const make = { image, text, row, curve }[shown.kind];
  item.element = make(shown, `Item ${item.id}`);
  return item;
}

function image(shown, words) {
  const picture = new Image();
  picture.alt = words;
  picture.draggable = false;
  picture.decoding = "async";
  picture.state = new Promise((resolve) => {
    picture.onload = () => resolve("shown");
    picture.onerror = () => resolve("missing");
  });
  picture.state.then((state) => (picture.stateNow = state));
  picture.src = shown.address;
  return picture;
}

function text(shown) {
  const element = document.createElement("div");
  element.className = "text";
  element.textContent = shown.text;
  return element;
}

function row(shown) {
  const table = document.createElement("table");
  table.className = "cells";
  for (const [name, value] of shown.cells) {
    const line = table.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    line.append(head);
    line.insertCell().textContent = value;
  }
  return table;
}

function curve(shown, words) {
  const { width, height } = shown;
  const all = shown.series.flat().filter((value) => value !== null);
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("role", "img");
  const from = all.length ? `from ${round(low)} to ${round(high)}` : "without values";
  svg.setAttribute("aria-label", `${words}: a curve ${from}`);
  shown.series.forEach((values, number) => {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("class", `series series-${number}`);
    line.setAttribute("d", path(values, low, high - low || 1, width, height));
    svg.append(line);
  });
  for (const [value, y] of [[high, 16], [low, height - 6]]) {
    const label = document.createElementNS(SVG, "text");
    label.setAttribute("x", 6);
    label.setAttribute("y", y);
    label.textContent = all.length ? round(value) : "";
    svg.append(label);
  }
  return svg;
}

function isPressed(button) {
  return button.getAttribute("aria-pressed") === "true";
}

function round(value) {
  return String(Number(value.toPrecision(4)));
}

function path(values, low, span, width, height) {
  let command = "M"; // a gap begins a new piece
  const steps = [];
  values.forEach((value, place) => {
    if (value === null) return void (command = "M");
    const x = 10 + (place / Math.max(values.length - 1, 1)) * (width - 20);
    const y = height - 24 - ((value - low) / span) * (height - 48);
    steps.push(`${command}${x.toFixed(1)} ${y.toFixed(1)}`);
    command = "L";
  });
  return steps.join("");
}

export class Viewer {
  constructor(stage, tools) {
    this.stage = stage;
    this.tools = tools;
    this.brightness = tools.querySelector("#brightness");
    this.contrast = tools.querySelector("#contrast");
    this.invert = tools.querySelector("[data-view=invert]");
    this.pixels = tools.querySelector("[data-view=pixels]");
    this.showLight = tools.querySelector("#show-light");
    this.lights = tools.querySelector("#light");
    this.pointers = new Map();
    this.listen();
  }

  get canMove() {
    return ["image", "curve"].includes(this.item?.shown.kind);
  }

  // Whether the person can see the item. One whose picture is missing counts as seen.
  get isReady() {
    const { element, shown } = this.item;
    return shown.kind !== "image" || element.stateNow !== undefined;
  }

  show(item) {
    this.item = item;
    const { element, shown } = item;
    this.stage.replaceChildren(element);
    this.stage.dataset.kind = shown.kind;
    this.stage.scrollTop = 0;
    this.tools.hidden = !this.canMove;
    this.showLight.hidden = shown.kind !== "image";
    this.lights.hidden = this.showLight.hidden || !this.hasLight;
    const how = this.canMove ? ". Plus and minus zoom, arrow keys move, f fits" : "";
    this.stage.setAttribute("aria-label", `Item ${item.id}${how}`);
    if (shown.kind === "image") this.whenLoaded(item);
    this.fit();
    this.light();
  }

  clear() {
    this.item = undefined;
    this.stage.replaceChildren();
    this.tools.hidden = true;
  }

  async whenLoaded(item) {
    this.stage.classList.toggle("loading", item.element.stateNow === undefined);
    const state = await item.element.state;
    if (this.item !== item) return;
    this.stage.classList.remove("loading");
    if (state === "shown") return this.fit();
    const words = document.createElement("p");
    words.className = "missing";
    words.textContent =
      "The picture of this item cannot be shown. Skip it, and tell whoever runs this page.";
    this.stage.replaceChildren(words);
    this.stage.dataset.kind = "missing";
  }

  size() {
    const { element, shown } = this.item;
    return [
      shown.width ?? (element.naturalWidth || 1),
      shown.height ?? (element.naturalHeight || 1),
    ];
  }

  fit() {
    if (!this.item) return;
    this.isFitted = true;
    this.letters = 1;
    if (!this.canMove) return this.place();
    const { shown } = this.item;
    const [width, height] = this.size();
    const { clientWidth, clientHeight } = this.stage;
    const most = shown.kind === "image" ? MOST_AT_FIRST : 1;
    this.scale = Math.min(clientWidth / width, clientHeight / height, most);
    this.fitted = this.scale;
    this.x = (clientWidth - width * this.scale) / 2;
    this.y = (clientHeight - height * this.scale) / 2;
    this.place();
  }

  // Enlarges around a point of the stage, or around its middle.
  zoom(factor, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    if (!this.item) return;
    if (!this.canMove) {
      this.letters = Math.min(4, Math.max(0.7, this.letters * factor));
      return this.place();
    }
    const wanted = this.scale * factor;
    const scale = Math.min(this.fitted * MOST, Math.max(this.fitted / 4, wanted));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.isFitted = false;
    this.place();
  }

  move(dx, dy) {
    if (!this.canMove) return;
    this.x += dx;
    this.y += dy;
    this.isFitted = false;
    this.place();
  }

  place() {
    const { element } = this.item;
    this.stage.classList.toggle("moves", this.canMove && !this.isFitted);
    if (!this.canMove) {
      element.style.fontSize = `${this.letters}em`;
      return;
    }
    const [width, height] = this.size();
    // Some of it stays in sight.
    const keep = (at, size, room) => Math.min(room - 40, Math.max(40 - size, at));
    this.x = keep(this.x, width * this.scale, this.stage.clientWidth);
    this.y = keep(this.y, height * this.scale, this.stage.clientHeight);
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
    element.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    const sharp = isPressed(this.pixels) && this.scale > 1;
    element.classList.toggle("pixels", sharp);
  }

  light() {
    if (this.item?.shown.kind !== "image") return;
    const brightness = 2 ** (Number(this.brightness.value) / 50);
    const contrast = 2 ** (Number(this.contrast.value) / 50);
    const inverted = isPressed(this.invert) ? 1 : 0;
    this.item.element.style.filter =
      `invert(${inverted}) brightness(${brightness}) contrast(${contrast})`;
  }

  press(button, pressed = !isPressed(button)) {
    button.setAttribute("aria-pressed", String(pressed));
    this.light();
    if (this.item) this.place();
  }

  openLight(open) {
    this.hasLight = open;
    this.showLight.setAttribute("aria-expanded", String(open));
    this.lights.hidden = !open;
  }

  reset() {
    this.brightness.value = this.contrast.value = 0;
    this.press(this.invert, false);
    this.press(this.pixels, false);
    this.fit();
  }

  // Returns whether a key was one of the viewer's.
  key(key) {
    const does = {
      "+": () => this.zoom(STEP),
      "=": () => this.zoom(STEP),
      "-": () => this.zoom(1 / STEP),
      f: () => this.fit(),
      i: () => this.press(this.invert),
    }[key];
    does?.();
    return does !== undefined;
  }

  listen() {
    const does = {
      in: () => this.zoom(STEP),
      out: () => this.zoom(1 / STEP),
      fit: () => this.fit(),
      invert: () => this.press(this.invert),
      pixels: () => this.press(this.pixels),
      reset: () => this.reset(),
    };
    this.tools.addEventListener("click", (event) => {
      does[event.target.closest("button")?.dataset.view]?.();
    });
    this.tools.addEventListener("input", () => this.light());
    this.showLight.addEventListener("click", () => this.openLight(!this.hasLight));
    new ResizeObserver(() => this.item && this.isFitted && this.fit()).observe(this.stage);
    this.stage.addEventListener("dblclick", () => this.canMove && this.fit());
    this.listenToKeys();
    this.listenToWheel();
    this.listenToPointers();
  }

  listenToKeys() {
    const by = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    this.stage.addEventListener("keydown", (event) => {
      if (!this.canMove || !by[event.key]) return;
      event.preventDefault();
      this.move(...by[event.key]);
    });
  }

  listenToWheel() {
    const onWheel = (event) => {
      if (!this.canMove) return;
      event.preventDefault();
      const [x, y] = this.at(event);
      this.zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 100) / 400), x, y);
    };
    this.stage.addEventListener("wheel", onWheel, { passive: false });
  }

  at(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  // One finger moves, two enlarge.
  listenToPointers() {
    const { stage, pointers } = this;
    stage.addEventListener("pointerdown", (event) => {
      if (!this.canMove || event.button > 0) return;
      pointers.set(event.pointerId, this.at(event));
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before || !this.canMove) return;
      const now = this.at(event);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const far = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]) || 1;
        this.zoom(far(now) / far(before), ...other);
      } else if (event.pointerType !== "touch" || !this.isFitted) {
        this.move(now[0] - before[0], now[1] - before[1]);
      }
      pointers.set(event.pointerId, now);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, (event) => pointers.delete(event.pointerId));
    }
  }
}
