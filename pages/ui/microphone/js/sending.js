/* What is on its way: samples are held until Python says that it has them, so that nothing is lost when a page runs again. */

const MOST_SECONDS = 30; // held at most: what is older is dropped, and told as missing
const MARGIN_SECONDS = 0.06; // behind a full second, for what a resampler keeps back
const RESEND_MS = 4000;

class Sending {
  constructor(sr, send) {
    this.session = crypto.randomUUID();
    this.sr = sr;
    this.send = send;
    this.blocks = [];
    this.first = 0; // of what is held, since the start
    this.count = 0; // captured
    this.sent = 0;
    this.sentAt = 0;
  }

  /* Take what was captured; on each full second it goes to Python, one parcel at a time. */
  add(samples) {
    this.blocks.push(samples);
    this.count += samples.length;
    while (this.count - this.first > MOST_SECONDS * this.sr) this.first += this.blocks.shift().length;
    this._next();
  }

  /* Python has all before this sample. */
  taken(place) {
    while (this.blocks.length && this.first + this.blocks[0].length <= place) this.first += this.blocks.shift().length;
    this.known = Math.max(this.known || 0, place);
    this._next();
  }

  _next() {
    const isWaiting = (this.known || 0) < this.sent;
    if (isWaiting && performance.now() - this.sentAt < RESEND_MS) return;
    const second = (place) => Math.floor(place / this.sr - MARGIN_SECONDS);
    if (!isWaiting && second(this.count) <= second(this.sent)) return;
    this.sent = this.count;
    this.sentAt = performance.now();
    this.send({ session: this.session, first: this.first, sr: this.sr, pcm: this._packed() });
  }

  _packed() {
    const bytes = new Uint8Array(2 * (this.count - this.first));
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const block of this.blocks) for (const sample of block) view.setInt16(2 * at++, sample, true);
    let text = "";
    for (let place = 0; place < bytes.length; place += 32768) text += String.fromCharCode(...bytes.subarray(place, place + 32768));
    return btoa(text);
  }
}
