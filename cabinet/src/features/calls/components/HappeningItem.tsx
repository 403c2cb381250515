import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Moment } from '@/ui/Moment';
import { useCallWords } from '../hooks/useCallWords';
import { usePartyName } from '../hooks/usePartyName';
import type { Happening } from '../timeline';
import classes from './CallCourse.module.css';

/** Something that happened in a call, in words. */
export function HappeningItem({ happening }: { happening: Happening }) {
  return (
    <li className={classes.item}>
      <Text size="xs" c="dimmed" component="span">
        <Moment at={happening.at} as="time" />
      </Text>
      <Text size="sm" className="break" component="span">
        <Words happening={happening} />
      </Text>
    </li>
  );
}

function Words({ happening: { kind, leg, step, transfer, digits } }: { happening: Happening }) {
  const { t } = useTranslation();
  const words = useCallWords();
  const partyName = usePartyName();
  const party = leg ? partyName(leg) : '';
  switch (kind) {
    case 'step':
      return t('calls.happening.step', { operation: words.operation(step?.type ?? '') });
    case 'exit':
      return t('calls.happening.exit', {
        operation: words.operation(step?.type ?? ''),
        exit: words.exit(step?.exit ?? ''),
      });
    case 'rang':
    case 'answered':
    case 'held':
    case 'resumed':
      return t(`calls.happening.${kind}`, { party });
    case 'legEnded': {
      const why = leg?.reason ? words.legReason(leg.reason) : '';
      const by = leg?.endedBy ? words.endedBy(leg.endedBy) : '';
      const code = leg?.sipCode ? `SIP ${leg.sipCode}` : '';
      const more = [why, by, code].filter((part) => part !== '').join(', ');
      return more === ''
        ? t('calls.happening.left', { party })
        : t('calls.happening.leftWhy', { party, why: more });
    }
    case 'transfer':
      return t(`calls.transfer.${transferWord(transfer?.state ?? '')}`, {
        to: transfer?.to ?? '',
        code: transfer?.code ?? '',
      });
    case 'digits':
      return t('calls.happening.digits', { digits: digits ?? '' });
    default:
      return t(`calls.happening.${kind}`);
  }
}

function transferWord(state: string): 'started' | 'done' | 'failed' {
  return state === 'done' || state === 'failed' ? state : 'started';
}
