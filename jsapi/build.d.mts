export const BUDGET: number;
export function compile(): Promise<string>;
export function describe(
  version: number,
  code: string,
): { version: number; file: string; integrity: string; gzip_bytes: number };
