/** How numbers are written: found among other text, and replaced in the same style. */

import type { Block } from "../types";
import { settings } from "./handover";
import type { Given } from "./types";

/** Stands before each text of the page. */
export const BAR = "\0";

/** What may stand between two digits of a number, and a digit behind it. */
const GAP = `[${BAR}\\s().‐-―-]*`;
const NEXT = `(${GAP}\\d)`;

/** The number of these digits, whatever prefix it is dialled with. */
export const numberOf = (digits: string) =>
  RegExp(`(\\+?\\b(${digits.slice(0, -10) || 7}|[780])${GAP}|\\(?\\b)${[...digits.slice(-10)].join(GAP)}(?!\\d)`, "g");

/** Digits of the first telephone number in a text, rather a Russian one. */
export const firstNumber = (text: string) =>
  (text.match(`\\b[78]${NEXT}{10}(?!\\d)`) || text.match(`\\b\\d${NEXT}{4,14}`))![0].replace(/\D/g, "");

/**
 * Writes a number like `found`, where country and length allow it and neither block nor page want another form. In the address of a
 * link there are only digits.
 */
export const format = ({ w = "{phone}", m = settings.m }: Partial<Block>, { n, f }: Given, found = "", isLink?: unknown) => {
  const mask = !isLink && m;
  const form = mask || found;
  const blank = mask ? /[#_]/g : /\d/g;
  const blanks: string[] = form.match(blank) || [];
  const prefix = blanks.slice(0, -10).join("");
  const country = n.slice(0, -10);
  const codes = f.match(/\d+/g)!;
  let left = blanks.length;
  const written =
    mask || (left > 9 && (!prefix || prefix == country || country + prefix == "78"))
      ? form.replace(blank, (digit) => (left-- > 10 && !mask ? digit : n[n.length - left - 1] || ""))
      : !isLink
        ? f
        : found[0] == "7"
          ? n
          : `+${n}`;
  return isLink ? written : w.replace("{phone}", written).replace("{country}", codes[0]!).replace("{city}", codes[1]!);
};
