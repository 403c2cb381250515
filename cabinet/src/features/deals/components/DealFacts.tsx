import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { safeHref } from '@/format/urls';
import { useFormat } from '@/format/useFormat';
import type { CrmTerms, DealQuery } from '@/graphql/generated/graphql';
import { EmailLink } from '@/ui/EmailLink';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Moment } from '@/ui/Moment';
import { PageLink } from '@/ui/PageLink';
import { Panel } from '@/ui/Panel';
import { PhoneLink } from '@/ui/PhoneLink';
import { TextLink } from '@/ui/TextLink';
import { StageBadge } from './StageBadge';

/** Amount, stage, people and times of a deal. */
export function DealFacts({ deal, terms }: { deal: DealQuery['deal']; terms: CrmTerms }) {
  const { t } = useTranslation();
  const format = useFormat();
  const contacts = deal.contacts.length > 0 ? deal.contacts : deal.contact ? [deal.contact] : [];
  return (
    <>
      <Panel title={t(`deals.terms.one.${terms}`)}>
        <Facts>
          <Fact name={t('deals.list.amount')}>
            <Text fw={700} className="numeric" component="span">
              {format.money(deal.revenue)}
            </Text>
          </Fact>
          <Fact name={t('deals.list.stage')}>
            <StageBadge name={deal.stage.name} status={deal.status} />
            {deal.status === 'FAILED' && deal.lastOpenStage && (
              <Text size="xs" c="dimmed" mt={2}>
                {t('deals.card.lostAt', { stage: deal.lastOpenStage.name })}
              </Text>
            )}
          </Fact>
          <Fact name={t('deals.card.funnel')}>{deal.funnel.name}</Fact>
          <Fact name={t('deals.list.created')}>
            <Moment at={deal.createdAt} />
          </Fact>
          <Fact name={t('deals.card.stageAt')}>
            <Moment at={deal.stageAt} />
          </Fact>
          {deal.closedAt && (
            <Fact name={t('deals.card.closed')}>
              <Moment at={deal.closedAt} />
            </Fact>
          )}
          <Fact name={t('deals.list.employee')}>
            {deal.employee ? (
              <TextLink to="/deals" search={{ employee: deal.employee.id }} size="sm">
                {deal.employee.name || deal.employee.id}
              </TextLink>
            ) : (
              t('deals.card.noEmployee')
            )}
          </Fact>
          {deal.match && <Fact name={t('deals.card.match')}>{t(`deals.matched.${deal.match}`)}</Fact>}
          {deal.source !== '' && <Fact name={t('deals.card.crmSource')}>{deal.source}</Fact>}
          {deal.comments !== '' && (
            <Fact name={t('deals.card.comments')}>
              <span style={{ whiteSpace: 'pre-wrap' }}>{deal.comments}</span>
            </Fact>
          )}
          {safeHref(deal.url) !== null && (
            <Fact name={t('deals.card.inCrm')}>
              <PageLink url={deal.url} title={t('deals.card.open')} />
            </Fact>
          )}
        </Facts>
      </Panel>
      <Panel
        title={t(contacts.length > 1 ? `deals.terms.contacts.${terms}` : `deals.terms.contact.${terms}`)}
      >
        {contacts.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('deals.card.noContact')}
          </Text>
        ) : (
          contacts.map((contact) => (
            <Stack key={contact.id} gap={2} align="flex-start">
              <TextLink to="/deals" search={{ contact: contact.id }} size="sm" fw={600} className="break">
                {contact.name || contact.externalId}
              </TextLink>
              {contacts.length > 1 && contact.id === deal.contact?.id && (
                <Text size="xs" c="dimmed">
                  {t('deals.card.mainContact')}
                </Text>
              )}
              {contact.phones.map((phone) => (
                <PhoneLink key={phone} phone={phone} />
              ))}
              {contact.emails.map((email) => (
                <EmailLink key={email} email={email} />
              ))}
              {contact.phones.length + contact.emails.length === 0 && (
                <Text size="xs" c="dimmed">
                  {t('deals.card.noWays')}
                </Text>
              )}
            </Stack>
          ))
        )}
      </Panel>
    </>
  );
}
