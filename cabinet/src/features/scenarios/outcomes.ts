import type { OperationTypeFieldsFragment } from '@/graphql/generated/graphql';
import type { Operation } from './graph';
import { shownExits } from './layout';

const keys = /^[0-9*#]$/;

/** What may happen in an operation while a fake caller is led through it; none where nobody is asked. */
export function outcomesOf(operation: Operation, spec: OperationTypeFieldsFragment | undefined): string[] {
  switch (operation.type) {
    case 'forward':
      return ['answered', 'no_answer', 'busy', 'unavailable', 'failed'];
    case 'menu':
      return ['timeout', ...shownExits(operation, spec).filter((exit) => keys.test(exit))];
    case 'crm_manager':
      return ['answered', 'not_found', 'no_answer', 'timeout', 'error'];
    case 'http_request':
    case 'blacklist':
      return (spec?.exits ?? []).map(({ name }) => name);
    default:
      return [];
  }
}
