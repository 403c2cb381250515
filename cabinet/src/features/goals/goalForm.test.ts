import { expect, test } from 'vitest';
import { conditionsOf, goalTypes, goalValues, needsSelector, needsUrl } from './goalForm';

const values = {
  ...goalValues(undefined),
  category: 'video',
  url: '/cart',
  selector: '.buy',
  seconds: 30,
  scrollTarget: 'END' as const,
};

test.each([
  ['TRACK_EVENT', { category: 'video' }],
  ['PAGE', { url: '/cart', urlMatch: 'CONTAINS' }],
  ['LINK', { url: '/cart', urlMatch: 'CONTAINS' }],
  ['CLICK', { selector: '.buy', url: '/cart', urlMatch: 'CONTAINS' }],
  ['TIME_ON_SITE', { seconds: 30 }],
  ['TIME_ON_PAGE', { seconds: 30, url: '/cart', urlMatch: 'CONTAINS' }],
  ['SCROLL', { scrollToEnd: true, url: '/cart', urlMatch: 'CONTAINS' }],
] as const)('%s sends the conditions of its type alone', (type, want) => {
  expect(conditionsOf({ ...values, type })).toEqual(want);
});

test('scrolling to an element sends its selector alone', () => {
  const element = { ...values, type: 'SCROLL' as const, scrollTarget: 'ELEMENT' as const, url: '' };
  expect(conditionsOf(element)).toEqual({ selector: '.buy' });
  expect(needsSelector(element)).toBe(true);
});

test('an optional address left empty is not sent', () => {
  expect(conditionsOf({ ...values, type: 'CLICK', url: ' ' })).toEqual({ selector: '.buy' });
});

test('the address must be given for links and pages', () => {
  expect(goalTypes.filter(needsUrl)).toEqual(['PAGE', 'LINK', 'TIME_ON_PAGE']);
});
