import type { IncomingMessage, ServerResponse } from 'node:http';

const rate = 8000;
const seconds = 8;
const hertz = 440;

/** A tone of eight seconds as WAV. */
const tone = makeTone();

/** Serves a recording as the real server does: whole, or the range that is asked for. */
export function serveRecording(request: IncomingMessage, response: ServerResponse): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  response.setHeader('Content-Type', 'audio/wav');
  response.setHeader('Accept-Ranges', 'bytes');
  if (!range) {
    response.setHeader('Content-Length', tone.length);
    response.end(tone);
    return;
  }
  const first = Number(range[1]);
  const last = range[2] ? Math.min(Number(range[2]), tone.length - 1) : tone.length - 1;
  response.statusCode = 206;
  response.setHeader('Content-Range', `bytes ${first}-${last}/${tone.length}`);
  response.setHeader('Content-Length', last - first + 1);
  response.end(tone.subarray(first, last + 1));
}

function makeTone(): Buffer {
  const samples = rate * seconds;
  const file = Buffer.alloc(44 + samples * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n++) {
    file.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * hertz * n) / rate)), 44 + n * 2);
  }
  return file;
}
