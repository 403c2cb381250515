/** Two short tones, one after the other: quiet enough for an office. */
const tones = [
  { hertz: 660, from: 0 },
  { hertz: 880, from: 0.18 },
];
const length = 0.15;
const loudness = 0.12;

/** Plays the sound of a call. Browsers keep silent until the page was clicked once. */
export async function ring(): Promise<void> {
  const context = new AudioContext();
  if (context.state === 'suspended') {
    await context.resume();
  }
  const begin = context.currentTime;
  for (const { hertz, from } of tones) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(loudness, begin + from);
    gain.gain.exponentialRampToValueAtTime(0.001, begin + from + length);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(begin + from);
    oscillator.stop(begin + from + length);
    oscillator.onended = from === tones.at(-1)?.from ? () => void context.close() : null;
  }
}
