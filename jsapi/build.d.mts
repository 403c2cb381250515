export interface BuiltFile {
  file: string;
  integrity: string;
  gzip_bytes: number;
}
export const BUDGET: number;
export const TOTAL_BUDGET: number;
export const PARTS: Record<"cs" | "cs.phones", string>;
export function compile(part?: "cs" | "cs.phones"): Promise<string>;
export function describe(file: string, code: string): BuiltFile;
export function weigh(core: BuiltFile, phones: BuiltFile): number;
