import { useSyncExternalStore } from 'react';
import { onPreferences, preferences, type Preferences } from '../preferences';

/** How this browser calls attention to calls. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreferences, preferences);
}
