import type { Channel } from '@/graphql/generated/graphql';

/** The channels, those met most often first. */
export const channels = [
  'ORGANIC',
  'PAID',
  'DIRECT',
  'REFERRAL',
  'SOCIAL',
  'MESSENGER',
  'EMAIL',
  'DISPLAY',
  'AFFILIATE',
  'RECOMMENDATION',
  'INTERNAL',
  'CASHED',
] as const satisfies Channel[];

/** Colour of a channel's badge. */
export const channelColors: Record<Channel, string> = {
  ORGANIC: 'green',
  PAID: 'orange',
  DIRECT: 'gray',
  REFERRAL: 'blue',
  SOCIAL: 'indigo',
  MESSENGER: 'cyan',
  EMAIL: 'yellow',
  DISPLAY: 'pink',
  AFFILIATE: 'grape',
  RECOMMENDATION: 'violet',
  INTERNAL: 'gray',
  CASHED: 'gray',
};
