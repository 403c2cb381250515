import { createContext } from 'react';
import type { SiteFieldsFragment } from '@/graphql/generated/graphql';

/** The site whose tabs are open. */
export const SiteContext = createContext<SiteFieldsFragment | null>(null);
