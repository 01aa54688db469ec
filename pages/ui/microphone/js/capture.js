/* The microphone: samples as they come, one channel, as 16-bit numbers. */

const WANTED_SR = 22050; // what most models hear; a browser that cannot resample gives its own rate
const BLOCK = 2048;

/* Runs beside the page, where sound is never late. */
const WORKLET = `registerProcessor("genrescope-ear", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.y = new Float32Array(${BLOCK});
    this.count = 0;
  }
  process([channels]) {
    if (!channels.length) return true;
    for (let i = 0; i < channels[0].length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.y[this.count++] = sum / channels.length;
      if (this.count === ${BLOCK}) {
        this.port.postMessage(this.y.slice());
        this.count = 0;
      }
    }
    return true;
  }
});`;

const REFUSALS = {
  NotAllowedError: "The browser may not use the microphone here. Allow it (a sign beside the page's address), and start again.",
  NotFoundError: "There is no microphone. Plug one in and start again, or record the song elsewhere and drop it under “A song”.",
  NotReadableError: "The microphone does not answer: another program may hold it. Close that, and start again.",
  OverconstrainedError: "This microphone is gone. Choose another, and start again.",
  insecure:
    "A browser gives its microphone only to pages of this computer (localhost) or with https, and this page came with neither. " +
    "Ask who runs it for https, or record the song elsewhere and drop it under “A song”.",
  old: "This browser cannot hand sound to a page as it comes. Take a newer one, or record the song under “A song”.",
  unplugged: "The microphone was unplugged, or the browser took it back. Start again when it is there.",
};

class Capture {
  /* onBlock(samples, peak): Int16Array, and the largest of them as a share of full scale. onEnd(words): it ended by itself. */
  constructor(onBlock, onEnd) {
    this.onBlock = onBlock;
    this.onEnd = onEnd;
  }

  /* Ask for the microphone; throws an Error with a sentence. Echo cancellation, noise suppression and automatic gain are for
     speech: they take sustained notes for noise, so all are off. */
  async start(deviceId) {
    if (!window.isSecureContext || !navigator.mediaDevices) throw new Error(REFUSALS.insecure);
    if (!window.AudioWorkletNode) throw new Error(REFUSALS.old);
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    if (deviceId) audio.deviceId = { exact: deviceId };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
      throw new Error(REFUSALS[error.name] || `The microphone cannot be used: ${error.message || error.name}.`);
    }
    const [track] = this.stream.getAudioTracks();
    this.deviceId = track.getSettings().deviceId;
    track.addEventListener("ended", () => this._lost());
    const source = this._source();
    const address = URL.createObjectURL(new Blob([WORKLET], { type: "text/javascript" }));
    try {
      await this.context.audioWorklet.addModule(address);
    } finally {
      URL.revokeObjectURL(address);
    }
    if (!this.stream) return; // stopped meanwhile
    const ear = new AudioWorkletNode(this.context, "genrescope-ear", { numberOfOutputs: 1 });
    ear.port.onmessage = ({ data }) => this.stream && this._take(data);
    source.connect(ear).connect(this.context.destination); // its output is silence: only what leads there is kept going
    await this.context.resume();
  }

  /* Where the sound enters, at the rate that we want; Firefox takes no rate but the microphone's own. */
  _source() {
    try {
      this.context = new AudioContext({ sampleRate: WANTED_SR });
      return this.context.createMediaStreamSource(this.stream);
    } catch {
      if (this.context) this.context.close();
      this.context = new AudioContext();
      return this.context.createMediaStreamSource(this.stream);
    }
  }

  get sr() {
    return this.context.sampleRate;
  }

  _take(y) {
    const samples = new Int16Array(y.length);
    let peak = 0;
    for (let i = 0; i < y.length; i++) {
      const value = Math.max(-1, Math.min(1, y[i]));
      peak = Math.max(peak, Math.abs(value));
      samples[i] = Math.round(value * 32767);
    }
    this.onBlock(samples, peak);
  }

  _lost() {
    if (!this.stream) return;
    this.stop();
    this.onEnd(REFUSALS.unplugged);
  }

  stop() {
    if (this.stream) for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    if (this.context && this.context.state !== "closed") this.context.close();
  }
}

/* Microphones to choose from: [id, name]; names are told once one was allowed. */
async function microphones() {
  const found = await navigator.mediaDevices.enumerateDevices();
  return found.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId).map(({ deviceId, label }) => [deviceId, label]);
}
