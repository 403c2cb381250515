import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { ErrorState } from './ErrorState';
import { RowsSkeleton } from './RowsSkeleton';

interface LoadedProps<Data> {
  /** A result of `useQuery`. */
  result: { data?: Data | undefined; error?: CombinedError | undefined };
  onRetry: () => void;
  /** Shown while the first answer is awaited. */
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}

/** Shows data, or that it is being read, or why it could not be. */
export function Loaded<Data>({ result, onRetry, skeleton, children }: LoadedProps<Data>) {
  if (result.error) {
    return <ErrorState error={result.error} onRetry={onRetry} />;
  }
  if (result.data === undefined) {
    return skeleton ?? <RowsSkeleton />;
  }
  return children(result.data);
}
