/** Largest file the server takes, bytes. */
export const maxBytes = 2 * 1024 * 1024;

/** Why a file cannot be sent. */
export type FileFault = 'type' | 'size' | 'empty';

/** What is wrong with a file before it is read; null = nothing. */
export function faultOf({ name, size }: { name: string; size: number }): FileFault | null {
  if (!/\.(csv|xlsx)$/i.test(name)) {
    return 'type';
  }
  if (size === 0) {
    return 'empty';
  }
  return size > maxBytes ? 'size' : null;
}

/** Bytes as base64, in pieces: a large argument list would overflow the stack. */
export function toBase64(bytes: Uint8Array): string {
  const piece = 0x8000;
  let text = '';
  for (let from = 0; from < bytes.length; from += piece) {
    text += String.fromCharCode(...bytes.subarray(from, from + piece));
  }
  return btoa(text);
}

/** A campaign to put into the sample. */
export interface SampleCampaign {
  name: string;
  domain: string;
}

/** A sample file: headers and a line or two, of the account's own campaigns where there are some. */
export function sampleCsv(
  headers: string[],
  campaigns: SampleCampaign[],
  firstDay: string,
  lastDay: string,
): string {
  const lines = campaigns.map(({ name, domain }, index) => [
    firstDay,
    lastDay,
    name,
    domain,
    index === 0 ? '12500,50' : '8000',
    index === 0 ? '340' : '',
    index === 0 ? '15200' : '',
  ]);
  // The mark at the beginning makes spreadsheet programs read it as UTF-8.
  return `\uFEFF${[headers, ...lines].map((line) => line.map(cell).join(';')).join('\r\n')}\r\n`;
}

/** A value of a CSV file; what a spreadsheet would take for a formula is made plain text. */
function cell(value: string): string {
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[";\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** Hands a text to the browser as a file to save. */
export function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
