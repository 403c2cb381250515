import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError } from 'urql';
import { problemOf } from '@/graphql/problem';
import { isKnownReason } from './reasons';

/** What to tell a person about an error: what happened and what to do. */
export interface ProblemText {
  title: string;
  text: string;
  /** To name when asking for help. */
  requestId?: string | undefined;
}

/** Turns errors into words. */
export function useProblemText() {
  const { t } = useTranslation();
  return useCallback(
    (error: CombinedError): ProblemText => {
      const problem = problemOf(error);
      const { code, reason, requestId } = problem;
      const title = t(`errors.title.${code}`);
      if (reason !== undefined && isKnownReason(reason)) {
        return { title, text: t(`errors.reason.${reason}`), requestId };
      }
      const seconds = problem.retryAfterSeconds;
      if (seconds !== undefined && seconds > 0) {
        const minutes = Math.ceil(seconds / 60);
        const text =
          seconds < 60
            ? t('errors.text.retrySeconds', { count: Math.ceil(seconds) })
            : t('errors.text.retryMinutes', { count: minutes });
        return { title, text, requestId };
      }
      return { title, text: t(`errors.text.${code}`), requestId };
    },
    [t],
  );
}
