import { ActionIcon, Badge, Button, CloseButton, Group, Stack, Text } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconTag, IconUser } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CallControls } from '@/features/calls/components/CallControls';
import { StartCallButton } from '@/features/calls/components/StartCallButton';
import { TagsField } from '@/features/calls/components/TagsField';
import { useFormat } from '@/format/useFormat';
import type { PopUpPhase } from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { TextLink } from '@/ui/TextLink';
import type { Card } from '../cards';
import { useCallState } from '../hooks/useCallState';
import { PopUpFacts } from './PopUpFacts';
import classes from './PopUps.module.css';

const colors: Record<PopUpPhase, string> = {
  RINGING: 'yellow',
  ANSWERED: 'green',
  ENDED: 'gray',
  LOST: 'red',
};

/** What an employee needs in the first ring: who calls, what brought them, what is going on with them. */
export function PopUpCard({ card, onClose }: { card: Card; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { call } = card.popUp;
  const [tags, setTags] = useState(call.tags);
  const [tagging, setTagging] = useState(false);
  const [isSmall, setSmall] = useState(false);
  const state = useCallState(call.id, call.state, card.phase === 'ANSWERED');
  const Arrow = isSmall ? IconChevronUp : IconChevronDown;
  const phone = call.contactPhone === '' ? t('calls.contact.hidden') : format.phone(call.contactPhone);
  const name = call.contactName || card.popUp.person?.visitors.find(({ name }) => name !== '')?.name;
  const visitorId = call.visitorId ?? card.popUp.person?.visitors[0]?.id;
  return (
    <article
      className={classes.card}
      data-phase={card.phase}
      aria-label={`${t(`popups.phase.${card.phase}`)}: ${name || phone}`}
    >
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Group gap={6}>
            <Badge color={colors[card.phase]}>{t(`popups.phase.${card.phase}`)}</Badge>
            {call.direction !== 'IN' && <Badge color="blue">{t(`calls.direction.${call.direction}`)}</Badge>}
          </Group>
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-expanded={!isSmall}
              aria-label={t(isSmall ? 'popups.card.unfold' : 'popups.card.fold')}
              title={t(isSmall ? 'popups.card.unfold' : 'popups.card.fold')}
              onClick={() => setSmall((old) => !old)}
            >
              <Arrow size={16} aria-hidden />
            </ActionIcon>
            <CloseButton size="sm" aria-label={t('common.action.close')} onClick={onClose} />
          </Group>
        </Group>
        <div>
          <Text fw={650} size="lg" lh={1.3} className="break">
            {name || t(call.contactPhone === '' ? 'calls.contact.hidden' : 'calls.contact.unknown')}
          </Text>
          {call.contactPhone !== '' && (
            <Text size="sm" className="numeric">
              {phone}
            </Text>
          )}
        </div>
        {!isSmall && <PopUpFacts popUp={card.popUp} visitorId={visitorId} />}
        {tagging && !isSmall && <TagsField callId={call.id} tags={tags} onChange={setTags} />}
        {card.phase === 'ANSWERED' && <CallControls callId={call.id} state={state} name={name || phone} />}
        {!isSmall && (
          <Group gap={6}>
            {card.phase === 'LOST' && call.contactPhone !== '' && (
              <StartCallButton
                phone={call.contactPhone}
                callbackOf={call.id}
                size="compact-sm"
                name={name || phone}
              />
            )}
            {visitorId && (
              <ButtonLink
                to="/visitors/$visitorId"
                params={{ visitorId }}
                size="compact-sm"
                variant="default"
                leftSection={<IconUser size={14} aria-hidden />}
              >
                {t('popups.card.visitor')}
              </ButtonLink>
            )}
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconTag size={14} aria-hidden />}
              aria-expanded={tagging}
              onClick={() => setTagging((old) => !old)}
            >
              {tags.length === 0 ? t('popups.card.tag') : tags.map((tag) => tag.name).join(', ')}
            </Button>
            <TextLink to="/calls/$callId" params={{ callId: call.id }} size="sm" ml="auto">
              {t('popups.card.details')}
            </TextLink>
          </Group>
        )}
      </Stack>
    </article>
  );
}
