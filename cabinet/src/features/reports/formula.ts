/** Where and why a formula can't be read; `position` counts characters from 0. */
export interface FormulaFault {
  position: number;
}

interface Token {
  kind: 'number' | 'id' | 'sign';
  text: string;
  at: number;
}

/** Finds the first fault of arithmetic over metric ids: numbers, ids, + - * / and brackets. Null when there is none. */
export function checkFormula(expression: string, ids: ReadonlySet<string>): FormulaFault | null {
  const tokens = read(expression);
  if (!Array.isArray(tokens)) {
    return tokens;
  }
  let next = 0;
  const end = expression.length;
  const sign = (signs: string) => {
    const token = tokens[next];
    const fits = token?.kind === 'sign' && signs.includes(token.text);
    if (fits) {
      next++;
    }
    return fits;
  };
  const fault = (): FormulaFault => ({ position: tokens[next]?.at ?? end });
  const operand = (): FormulaFault | null => {
    while (sign('-')); // any number of minus signs
    const token = tokens[next];
    if (token?.kind === 'number' || (token?.kind === 'id' && ids.has(token.text))) {
      next++;
      return null;
    }
    if (!sign('(')) {
      return fault();
    }
    return sum() ?? (sign(')') ? null : fault());
  };
  const sum = (): FormulaFault | null => {
    for (;;) {
      const found = operand();
      if (found || !sign('+-*/')) {
        return found;
      }
    }
  };
  return sum() ?? (next < tokens.length ? fault() : null);
}

function read(expression: string): Token[] | FormulaFault {
  const tokens: Token[] = [];
  const shape = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*(?::\w+)?)|([-+*/()]))/y;
  while (shape.lastIndex < expression.trimEnd().length) {
    const begin = shape.lastIndex;
    const match = shape.exec(expression);
    if (!match) {
      return { position: begin + (/^\s*/.exec(expression.slice(begin))?.[0].length ?? 0) };
    }
    const text = match[1] ?? match[2] ?? match[3] ?? '';
    const kind = match[1] !== undefined ? 'number' : match[2] !== undefined ? 'id' : 'sign';
    tokens.push({ kind, text, at: shape.lastIndex - text.length });
  }
  return tokens;
}
