import type { Role, StartQuery, ViewerFieldsFragment } from '@/graphql/generated/graphql';

/** The signed-in user. */
export type Viewer = ViewerFieldsFragment;

/** What the cabinet knows before any page: the installation and who is signed in. */
export interface Session {
  instance: StartQuery['instance'];
  viewer: Viewer | null;
}

const order: Role[] = ['OPERATOR', 'ANALYST', 'ADMIN', 'OWNER'];

/** Whether a role includes the rights of another. */
export function hasRole(role: Role, needed: Role): boolean {
  return order.indexOf(role) >= order.indexOf(needed);
}

/** The roles somebody may hand out: none above their own. */
export function grantableRoles(role: Role): Role[] {
  return order.filter((candidate) => hasRole(role, candidate)).reverse();
}

/**
 * The page to open after sign-in. Only paths inside the cabinet are accepted,
 * so that a crafted link cannot lead a person elsewhere.
 */
export function safeNext(next: string | undefined): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) {
    return '/';
  }
  return /^\/(sign-in|setup|invite)\b/.test(next) ? '/' : next;
}
