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

/** The first telephone number in a text, rather a Russian one. */
export const firstNumber = (text: string) => text.match(`\\b[78]${NEXT}{10}(?!\\d)`) || text.match(`\\b\\d${NEXT}{4,14}`);

export const digitsOf = (text: string) => text.replace(/\D/g, "");

/**
 * Writes a number like `found`, where country and length allow it and neither block nor page want another form. An address gets
 * only digits, behind `plus`.
 */
export const format = ({ m = settings.m, w = "{phone}" }: Partial<Block>, { n, f }: Given, found = "", plus?: string) => {
  const country = n.slice(0, -10);
  const prefix = digitsOf(found).slice(0, -10);
  const isText = plus == null;
  const masked = isText && m;
  let place = masked ? n.length - m.match(/[#_]/g)!.length : country.length - prefix.length;
  const digit = (own: string) => (place++ < country.length && !masked ? own : n[place - 1] || "");
  const phone = masked
    ? m.replace(/[#_]/g, digit)
    : digitsOf(found)[9] && (!prefix || prefix == country || country + prefix == "78")
      ? found.replace(/\d/g, digit)
      : isText
        ? f
        : plus + n;
  const codes = f.match(/\d+/g)!;
  return isText ? w.replace("{phone}", phone).replace("{country}", codes[0]!).replace("{city}", codes[1]!) : phone;
};
