import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { goalName } from '@/features/goals/goalName';
import { SourceFacts } from '@/features/visitors/components/SourceFacts';
import { useFormat } from '@/format/useFormat';
import type { CommunicationQuery } from '@/graphql/generated/graphql';
import { CopyableId } from '@/ui/CopyableId';
import { EmailLink } from '@/ui/EmailLink';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { PageLink } from '@/ui/PageLink';
import { PhoneLink } from '@/ui/PhoneLink';
import { TextLink } from '@/ui/TextLink';
import { ChatMessages } from './ChatMessages';
import { KindBadge } from './KindBadge';

/** Everything about one communication. */
export function CommunicationDetails({
  communication: c,
}: {
  communication: CommunicationQuery['communication'];
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <KindBadge kind={c.kind} />
        <Text size="sm" component="span">
          <Moment at={c.at} />
        </Text>
      </Group>
      <Facts>
        {c.name && <Fact name={t('communications.details.name')}>{c.name}</Fact>}
        {c.phone && (
          <Fact name={t('communications.details.phone')}>
            <PhoneLink phone={c.phone} />
          </Fact>
        )}
        {c.email && (
          <Fact name={t('communications.details.email')}>
            <EmailLink email={c.email} />
          </Fact>
        )}
        {c.goal && <Fact name={t('communications.details.goal')}>{goalName(c.goal.name, t)}</Fact>}
        {c.formName && <Fact name={t('communications.details.form')}>{c.formName}</Fact>}
        {c.kind !== 'CHAT' && c.message && (
          <Fact name={t('communications.details.message')}>
            <span style={{ whiteSpace: 'pre-wrap' }}>{c.message}</span>
          </Fact>
        )}
        {c.saleAmount && <Fact name={t('communications.details.sale')}>{format.money(c.saleAmount)}</Fact>}
        {c.userFields.map(({ name, value }, index) => (
          <Fact key={index} name={name}>
            {value}
          </Fact>
        ))}
        {c.pageUrl && (
          <Fact name={t('communications.details.page')}>
            <PageLink url={c.pageUrl} lines={3} />
          </Fact>
        )}
        <Fact name={t('communications.details.visitor')}>
          {c.visitorId ? (
            <TextLink to="/visitors/$visitorId" params={{ visitorId: c.visitorId }} size="sm">
              {t('communications.details.openVisitor')}
            </TextLink>
          ) : (
            t('communications.details.noVisitor')
          )}
        </Fact>
        {c.campaign && <Fact name={t('communications.details.campaign')}>{c.campaign.name}</Fact>}
        <Fact name={t('communications.details.id')}>
          <CopyableId value={c.id} />
        </Fact>
      </Facts>
      {c.messages.length > 0 && <ChatMessages messages={c.messages} />}
      {c.source && (
        <div>
          <Text size="sm" fw={600} mb={6}>
            {t('communications.details.source')}
          </Text>
          <SourceFacts source={c.source} />
        </div>
      )}
    </Stack>
  );
}
