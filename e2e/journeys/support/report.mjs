import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';

const total = Symbol('totals');

/** A report's table in a cabinet. */
export class Report {
  static total = total;

  constructor(cabinet, kind) {
    this.cabinet = cabinet;
    this.kind = kind;
    this.table = cabinet.page.getByRole('region', { name: cabinet.t(`reports.title.${kind}`), exact: true }).getByRole('table');
  }

  /** The figures of each row by its words, those of all rows by `Report.total`. */
  async figures() {
    const rows = await this.table.evaluate((table) => {
      const texts = (row) => [...row.cells].map((cell) => cell.innerText.trim());
      return { total: texts(table.tHead.rows[1]), rows: [...table.tBodies[0].rows].map(texts) };
    });
    const read = (cells) => cells.slice(1).map((text) => this.number(text));
    const figures = Object.fromEntries(rows.rows.map((cells) => [cells[0], read(cells)]));
    figures[total] = read(rows.total);
    return figures;
  }

  /** A figure as the cabinet's language writes it. */
  number(text) {
    return figureOf(text, this.cabinet.language);
  }

  /** Waits until the table shows these figures and no others. */
  async shows(wanted, milliseconds = 10_000) {
    const until = Date.now() + milliseconds;
    for (;;) {
      const figures = await this.figures().catch(() => undefined);
      if (isDeepStrictEqual(figures, wanted)) return;
      if (Date.now() > until) assert.deepEqual(figures, wanted);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  /** The cell of a figure: by the row's words and the number of the column, from 0. */
  figure(row, column) {
    const rows = row === total ? this.table.locator('thead').getByRole('row').nth(1) : this.table.getByRole('row').filter({ has: this.cabinet.page.getByRole('rowheader', { name: row, exact: true }) });
    return rows.getByRole('cell').nth(column);
  }

  /** Opens the rows behind a figure; returns how many they are, their sum as said and as added up, and their words. */
  async drill(row, column) {
    const { page, t } = this.cabinet;
    await this.figure(row, column).getByRole('button').click();
    const drawer = page.getByRole('dialog', { name: t('reports.drill.title') });
    const rows = drawer.getByRole('table').getByRole('row');
    await rows.nth(1).waitFor();
    const said = new RegExp(`^${t('reports.drill.sum', { value: '' })}`);
    const sum = this.number((await drawer.getByText(said).innerText()).replace(said, ''));
    const cells = await rows.evaluateAll((all) => all.slice(1).map((one) => [...one.cells].map((cell) => cell.innerText.trim())));
    return { drawer, sum, words: cells.map(([, what]) => what), values: cells.map((one) => this.number(one.at(-1))) };
  }

  async closeDrill() {
    await this.cabinet.page.getByRole('dialog').getByRole('button', { name: this.cabinet.t('common.action.close'), exact: true }).click();
    await this.cabinet.page.getByRole('dialog').waitFor({ state: 'detached' });
  }
}

/** A number as a language writes it, without its unit; NaN for a dash. */
export function figureOf(text, language) {
  const digits = text.replace(/[^\d.,-]/g, '');
  const plain = language === 'ru' ? digits.replace(',', '.') : digits.replaceAll(',', '');
  return plain === '' ? Number.NaN : Number(plain);
}
