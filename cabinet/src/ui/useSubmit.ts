import type { UseFormReturnType } from '@mantine/form';
import { useState } from 'react';
import type { AnyVariables, CombinedError, OperationResult } from 'urql';
import { problemOf } from '@/graphql/problem';
import { useProblemText } from './useProblemText';

interface SubmitOptions<Data, Values> {
  /** Sends the form. */
  send: () => Promise<OperationResult<Data, AnyVariables>>;
  /** After success. */
  done: (data: Data) => void;
  /** Where the server's field names differ from the form's. */
  fields?: Record<string, string>;
  form: UseFormReturnType<Values>;
}

/** Sends forms: errors about a field go to the field, others to `error`. */
export function useSubmit() {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const textOf = useProblemText();
  async function submit<Data, Values>(options: SubmitOptions<Data, Values>): Promise<void> {
    const { form } = options;
    setPending(true);
    setError(undefined);
    const answer = await options.send();
    setPending(false);
    if (answer.data != null && !answer.error) {
      options.done(answer.data);
      return;
    }
    if (!answer.error) {
      return;
    }
    const { field } = problemOf(answer.error);
    const name = field === undefined ? undefined : (options.fields?.[field] ?? field);
    if (name !== undefined && hasField(form.getValues(), name)) {
      form.setFieldError(name, textOf(answer.error).text);
      form.getInputNode(name)?.focus();
      return;
    }
    setError(answer.error);
  }
  return { pending, error, submit, clear: () => setError(undefined) };
}

/** Whether a form has a field; `phones.0.number` lies within a list. */
function hasField(values: unknown, name: string): boolean {
  const [first = '', ...rest] = name.split('.');
  if (typeof values !== 'object' || values === null || !(first in values)) {
    return false;
  }
  return rest.length === 0 || hasField((values as Record<string, unknown>)[first], rest.join('.'));
}
