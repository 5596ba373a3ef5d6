// What is on its way to the server: one request after the other, none lost.
//
// An answer stays in the browser's storage until the server has said that it is kept. If
// the server is away, it is sent again under the same key, also after a reload.

const FIRST_WAIT = 500; // milliseconds, doubled at each failure
const LONGEST_WAIT = 8000;
const PATIENCE = 20000; // milliseconds for one request

export function newKey() {
  // crypto.randomUUID needs HTTPS, which a local network does not have.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function call(address, body) {
  const options = { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" };
  if (body !== undefined) {
    options.method = "POST";
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  let response, reply;
  try {
    response = await fetch(address, options);
    reply = await response.json();
  } catch {
    throw new Away("The server does not answer.");
  }
  if (response.ok) return reply;
  if (response.status >= 500) throw new Away(reply.error);
  if (response.status === 403) {
    throw new Away(`${reply.error} Open that address again in this browser.`);
  }
  throw new Refused(reply.error);
}

// A browser may have no storage. Then what is on its way is lost with the page.
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // See above.
  }
}

export class Away extends Error {}
export class Refused extends Error {}

export class Outbox {
  // listener: kept(reply, entry), refused(error, entry), away(error), back()
  constructor(name, listener) {
    this.name = name;
    this.listener = listener;
    this.entries = this.stored();
    this.sending = null;
    this.wait = FIRST_WAIT;
    this.wake = null;
    addEventListener("online", () => this.wake?.());
    if (this.entries.length) this.run();
  }

  get items() {
    return new Set(this.entries.map((entry) => entry.body.item));
  }

  add(entry) {
    this.entries.push(entry);
    this.store();
    this.run();
  }

  // Takes back the last entry if it is not on its way, and returns it.
  takeLast() {
    const last = this.entries.at(-1);
    if (last === undefined || last === this.sending || last.tried) return null;
    this.entries.pop();
    this.store();
    return last;
  }

  async run() {
    if (this.sending) return;
    while (this.entries.length) {
      const entry = this.entries[0];
      this.sending = entry;
      try {
        entry.tried = true;
        const reply = await call(entry.address, { ...entry.body, ...entry.extra?.() });
        this.done(entry);
        this.listener.kept(reply, entry);
      } catch (error) {
        if (error instanceof Away) {
          this.listener.away(error, this.entries.length);
          await this.pause();
        } else {
          this.done(entry);
          this.listener.refused(error, entry);
        }
      }
    }
    this.sending = null;
    this.listener.idle();
  }

  done(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.wait = FIRST_WAIT;
    this.store();
    this.listener.back();
  }

  pause() {
    const wait = this.wait;
    this.wait = Math.min(2 * wait, LONGEST_WAIT);
    return new Promise((resume) => {
      const timer = setTimeout(resume, wait);
      this.wake = () => (clearTimeout(timer), resume());
    });
  }

  stored() {
    try {
      return JSON.parse(recall(this.name)) ?? [];
    } catch {
      return [];
    }
  }

  store() {
    const lasting = this.entries
      .filter((entry) => entry.lasting)
      .map(({ address, body }) => ({ address, body, lasting: true, tried: true }));
    keep(this.name, JSON.stringify(lasting));
  }
}
