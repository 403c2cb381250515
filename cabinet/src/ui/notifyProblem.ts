import { notifications } from '@mantine/notifications';
import type { ProblemText } from './useProblemText';

/** Shows an error of an action that has no form to show it in. */
export function notifyProblem({ title, text }: ProblemText): void {
  notifications.show({ color: 'red', title, message: text, role: 'alert', autoClose: 8000 });
}
