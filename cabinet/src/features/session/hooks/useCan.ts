import type { Role } from '@/graphql/generated/graphql';
import { hasRole } from '../session';
import { useSession } from './useSession';

/** Whether the signed-in user has the rights of a role. */
export function useCan(role: Role): boolean {
  const { session } = useSession();
  return session.viewer !== null && hasRole(session.viewer.role, role);
}
