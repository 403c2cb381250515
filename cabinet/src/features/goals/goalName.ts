import type { TFunction } from 'i18next';

/** Names the server gives the goals every site begins with. Who renames one sees the new name in every language. */
const givenNames: Record<string, 'OFFLINE_REQUEST' | 'VISITOR_INFO' | 'CHAT'> = {
  'Offline request': 'OFFLINE_REQUEST',
  'Contact data left': 'VISITOR_INFO',
  Chat: 'CHAT',
};

/** The name of a goal in the cabinet's language, as far as it has not been named by a person. */
export function goalName(name: string, t: TFunction): string {
  const event = Object.hasOwn(givenNames, name) ? givenNames[name] : undefined;
  return event ? t(`goals.system.${event}`) : name;
}
