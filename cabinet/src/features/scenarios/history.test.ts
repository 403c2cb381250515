import { expect, test } from 'vitest';
import { advance, historyOf } from './history';
import { graphOfTemplate } from './templates';

test('steps are taken back one by one, those that continue one another together', () => {
  let history = historyOf(graphOfTemplate('hours'));
  history = advance(history, { type: 'title', id: 'menu-1', title: 'A' });
  history = advance(history, { type: 'title', id: 'menu-1', title: 'AB' });
  history = advance(history, { type: 'remove', id: 'forward-1' });
  history = advance(history, { type: 'start', id: 'not there' });
  expect(history.past).toHaveLength(2);
  history = advance(history, { type: 'undo' });
  expect(history.graph.operations).toHaveLength(4);
  expect(history.graph.operations[1]?.title).toBe('AB');
  history = advance(advance(history, { type: 'undo' }), { type: 'undo' });
  expect(history).toEqual(historyOf(graphOfTemplate('hours')));
});
