/* Sound: samples fetched piece by piece from a 16-bit mono WAV file, and played to the sample. */

const WAV_HEADER_BYTES = 44;
const BLOCK_SAMPLES = 131072; // six seconds at 22,050 Hz
const MOST_BLOCKS = 32;
const AHEAD_SECONDS = 1.5; // scheduled ahead of what is heard
const FIRST_DELAY_SECONDS = 0.03;

/* One for all players of a page: which play, which was used last, and an audio context for each sample rate. */
const bus = (window.__genrescope ||= { players: new Set(), last: null, listening: false, contexts: new Map() });

class Sound {
  /* url, sr, samples: the file. start: where it begins on the clip's time axis [s]. rate: clip seconds a second of sound. */
  constructor({ name, url, sr, samples, start = 0, rate = 1 }) {
    Object.assign(this, { name, url, sr, samples, start, rate });
    this.blocks = new Map();
  }

  get end() {
    return this.start + (this.samples / this.sr) * this.rate;
  }

  sampleAt(seconds) {
    return Math.max(0, Math.min(this.samples, Math.round(((seconds - this.start) / this.rate) * this.sr)));
  }

  secondsAt(sample) {
    return this.start + (sample / this.sr) * this.rate;
  }

  /* Samples from first up to stop, as Float32Array. */
  async read(first, stop) {
    const out = new Float32Array(Math.max(0, stop - first));
    const indices = [];
    for (let index = Math.floor(first / BLOCK_SAMPLES); index * BLOCK_SAMPLES < stop; index++) indices.push(index);
    const blocks = await Promise.all(indices.map((index) => this._block(index)));
    indices.forEach((index, place) => {
      const offset = index * BLOCK_SAMPLES;
      const part = blocks[place].subarray(Math.max(0, first - offset), Math.max(0, stop - offset));
      out.set(part, Math.max(0, offset - first));
    });
    return out;
  }

  _block(index) {
    let block = this.blocks.get(index);
    if (!block) {
      block = this._fetch(index).catch((error) => {
        this.blocks.delete(index);
        throw error;
      });
    }
    this.blocks.delete(index); // the latest used comes last
    this.blocks.set(index, block);
    if (this.blocks.size > MOST_BLOCKS) this.blocks.delete(this.blocks.keys().next().value);
    return block;
  }

  async _fetch(index) {
    const first = index * BLOCK_SAMPLES;
    const stop = Math.min(this.samples, first + BLOCK_SAMPLES);
    const from = WAV_HEADER_BYTES + 2 * first;
    const to = WAV_HEADER_BYTES + 2 * stop;
    const answer = await fetch(new URL(`.${this.url}`, document.baseURI), { headers: { Range: `bytes=${from}-${to - 1}` } });
    if (!answer.ok) throw new Error(`The sound is not there any more (${answer.status}).`);
    let bytes = await answer.arrayBuffer();
    if (answer.status === 200) bytes = bytes.slice(from, to); // a server without ranges sends all of it
    const pcm = new Int16Array(bytes);
    const y = new Float32Array(pcm.length);
    for (let i = 0; i < pcm.length; i++) y[i] = pcm[i] / 32768;
    return y;
  }
}

/* Least and largest sample of each of n equal parts of y. */
function envelopeOf(y, n) {
  const low = new Float32Array(n);
  const high = new Float32Array(n);
  for (let bin = 0; bin < n; bin++) {
    const first = Math.floor((bin * y.length) / n);
    const stop = Math.max(first + 1, Math.floor(((bin + 1) * y.length) / n));
    let min = Infinity;
    let max = -Infinity;
    for (let i = first; i < stop && i < y.length; i++) {
      if (y[i] < min) min = y[i];
      if (y[i] > max) max = y[i];
    }
    low[bin] = min === Infinity ? 0 : min;
    high[bin] = max === -Infinity ? 0 : max;
  }
  return { low, high };
}

/* Butterworth filters of 8th order, as four second-order sections each: 48 dB an octave. */
const BUTTERWORTH_Q = [0.50979558, 0.60134489, 0.89997622, 2.5629154];

class Transport {
  /* Plays one sound at a time; the places of what is scheduled are known to the sample. */
  constructor(onEnd) {
    this.onEnd = onEnd;
    this.volume = 1;
    this.band = null;
    this.turn = 0;
    this.playing = false;
    this.pieces = [];
    this.nodes = new Set();
  }

  open(sr) {
    if (this.context && this.context.sampleRate === sr) return;
    if (!bus.contexts.has(sr)) bus.contexts.set(sr, new AudioContext({ sampleRate: sr, latencyHint: "interactive" }));
    this.context = bus.contexts.get(sr);
    this.gain = this.context.createGain();
    this.gain.gain.value = this.volume;
    this.gain.connect(this.context.destination);
    this.setBand(this.band);
  }

  /* Play a sound from one sample to another, then from loop[0] to loop[1] again and again if there is a loop. */
  async play(sound, first, stop, loop) {
    this.stop();
    this.open(sound.sr);
    const turn = ++this.turn;
    this.playing = true;
    Object.assign(this, { sound, loop, next: first, stopAt: stop, when: null, isLast: false });
    await this.context.resume();
    await this._fill(turn);
  }

  async _fill(turn) {
    try {
      while (turn === this.turn && this.playing && !this.isLast && this._leads() < AHEAD_SECONDS) {
        const first = this.next;
        const stop = Math.min(this.stopAt, first + BLOCK_SAMPLES);
        const y = await this.sound.read(first, stop);
        if (turn !== this.turn || !this.playing) return;
        this._schedule(y, first);
        this.next = stop;
        if (stop >= this.stopAt) {
          this.isLast = !this.loop;
          if (this.loop) [this.next, this.stopAt] = this.loop;
        }
      }
    } catch (error) {
      if (turn !== this.turn) return;
      this.stop();
      this.onEnd(error);
      return;
    }
    if (turn !== this.turn || !this.playing) return;
    if (this.isLast && this.context.currentTime >= this.when) {
      this.stop();
      this.onEnd(null);
      return;
    }
    this.timer = setTimeout(() => this._fill(turn), this.isLast ? 50 : 200);
  }

  _leads() {
    return this.when === null ? 0 : this.when - this.context.currentTime;
  }

  _schedule(y, first) {
    const now = this.context.currentTime;
    if (this.when === null || this.when < now) {
      this.when = Math.ceil((now + FIRST_DELAY_SECONDS) * this.sound.sr) / this.sound.sr; // between samples it would be interpolated
    }
    if (!y.length) return;
    const buffer = this.context.createBuffer(1, y.length, this.sound.sr);
    buffer.copyToChannel(y, 0);
    const node = this.context.createBufferSource();
    node.buffer = buffer;
    node.connect(this.entry);
    node.onended = () => this.nodes.delete(node);
    node.start(this.when);
    this.nodes.add(node);
    this.pieces.push({ when: this.when, first, length: y.length });
    this.when += y.length / this.sound.sr;
    while (this.pieces.length > 1 && this.pieces[1].when < now - 1) this.pieces.shift();
  }

  /* The sample that is heard now, or null before the first. */
  position() {
    if (!this.playing || !this.pieces.length) return null;
    const now = this.context.currentTime - (this.context.outputLatency || this.context.baseLatency || 0);
    let piece = this.pieces[0];
    for (const other of this.pieces) if (other.when <= now) piece = other;
    const into = Math.max(0, Math.min(piece.length, (now - piece.when) * this.sound.sr));
    return piece.first + into;
  }

  stop() {
    this.turn++;
    this.playing = false;
    clearTimeout(this.timer);
    for (const node of this.nodes) {
      node.onended = null;
      node.stop();
      node.disconnect();
    }
    this.nodes.clear();
    this.pieces = [];
  }

  /* The context is shared and stays; what this player hung on it goes. */
  close() {
    this.stop();
    if (this.gain) this.gain.disconnect();
  }

  setVolume(volume) {
    this.volume = volume;
    if (this.gain) this.gain.gain.setTargetAtTime(volume, this.context.currentTime, 0.01);
  }

  /* Let only the frequencies from band[0] to band[1] [Hz] through; null lets all. Heard at once, while it plays. */
  setBand(band) {
    this.band = band;
    if (!this.context) return;
    const filters = [];
    const nyquist = this.context.sampleRate / 2;
    const add = (type, frequency) => {
      for (const q of BUTTERWORTH_Q) {
        const filter = this.context.createBiquadFilter();
        filter.type = type;
        filter.frequency.value = frequency;
        filter.Q.value = 20 * Math.log10(q); // Web Audio wants the Q of these two types in decibels
        filters.push(filter);
      }
    };
    if (band && band[0] > 1) add("highpass", Math.min(band[0], 0.99 * nyquist));
    if (band && band[1] < 0.98 * nyquist) add("lowpass", band[1]);
    const chain = [...filters, this.gain];
    for (let i = 0; i + 1 < chain.length; i++) chain[i].connect(chain[i + 1]);
    const entry = chain[0];
    for (const node of this.nodes) {
      node.disconnect();
      node.connect(entry);
    }
    if (this.entry && this.entry !== this.gain) this.filters.forEach((filter) => filter.disconnect());
    this.filters = filters;
    this.entry = entry;
  }
}
