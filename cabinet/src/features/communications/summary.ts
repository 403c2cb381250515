import type { TFunction } from 'i18next';
import { goalName } from '@/features/goals/goalName';
import type { CommunicationListFieldsFragment } from '@/graphql/generated/graphql';

/** What a communication was about, in one line; empty when nothing was said. */
export function summaryOf(
  { goal, formName, message }: CommunicationListFieldsFragment,
  t: TFunction,
): string {
  if (goal) {
    return goalName(goal.name, t);
  }
  return [formName, message].filter((part) => part !== '').join(': ');
}
