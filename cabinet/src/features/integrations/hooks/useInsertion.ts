import { useCallback, useRef } from 'react';
import { insertAt } from '../settings';

/** Puts texts where the caret of a field is, or was when the field was left. */
export function useInsertion<Element extends HTMLInputElement | HTMLTextAreaElement>(
  text: string,
  onChange: (text: string) => void,
) {
  const ref = useRef<Element>(null);
  const insert = useCallback(
    (insertion: string) => {
      const element = ref.current;
      const start = element?.selectionStart ?? text.length;
      const end = element?.selectionEnd ?? start;
      const next = insertAt(text, insertion, start, end);
      onChange(next.text);
      // The menu closes first; the field gets the focus back behind the inserted text.
      window.setTimeout(() => {
        element?.focus();
        element?.setSelectionRange(next.caret, next.caret);
      });
    },
    [text, onChange],
  );
  return { ref, insert };
}
