import type { CommunicationListFieldsFragment } from '@/graphql/generated/graphql';

/** What a communication was about, in one line; empty when nothing was said. */
export function summaryOf({ goal, formName, message }: CommunicationListFieldsFragment): string {
  if (goal) {
    return goal.name;
  }
  return [formName, message].filter((part) => part !== '').join(': ');
}
