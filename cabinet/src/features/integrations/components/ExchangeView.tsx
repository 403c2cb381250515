import { Badge, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { IntegrationExchangeFieldsFragment } from '@/graphql/generated/graphql';
import { CopyButton } from '@/ui/CopyButton';
import { Moment } from '@/ui/Moment';
import { prettyBody } from '../journal';
import classes from './ExchangeView.module.css';

interface ExchangeViewProps {
  exchange: IntegrationExchangeFieldsFragment;
  /** It was not sent: there is no answer to show. */
  isPlanned?: boolean;
}

/** A request to the system and its answer, opened by a click. */
export function ExchangeView({ exchange, isPlanned = false }: ExchangeViewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <details className={classes.exchange}>
      <summary className={classes.summary}>
        <b>{exchange.method}</b> <span className="mono">{exchange.address}</span>{' '}
        {!isPlanned && (
          <>
            <StatusBadge exchange={exchange} />{' '}
            <Text span size="xs" c="dimmed">
              {t('integrations.exchange.ms', { value: format.number(exchange.durationMs) })}
            </Text>
          </>
        )}
      </summary>
      <div className={classes.body}>
        {!isPlanned && (
          <Text size="xs" c="dimmed">
            <Moment at={exchange.at} />
          </Text>
        )}
        <Body title={t('integrations.exchange.request')} text={exchange.request} />
        {!isPlanned && exchange.error !== '' && (
          <Text size="sm" className="break">
            {t('integrations.exchange.noAnswer', { error: exchange.error })}
          </Text>
        )}
        {!isPlanned && exchange.error === '' && (
          <Body title={t('integrations.exchange.response')} text={exchange.response} />
        )}
      </div>
    </details>
  );
}

function StatusBadge({ exchange: { status } }: ExchangeViewProps) {
  const { t } = useTranslation();
  if (status === 0) {
    return <Badge color="red">{t('integrations.exchange.none')}</Badge>;
  }
  return <Badge color={status < 400 ? 'green' : 'red'}>{status}</Badge>;
}

function Body({ title, text }: { title: string; text: string }) {
  const { t } = useTranslation();
  const pretty = prettyBody(text);
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        {text !== '' && <CopyButton value={pretty} />}
      </Group>
      {text === '' ? (
        <Text size="sm" c="dimmed">
          {t('integrations.exchange.empty')}
        </Text>
      ) : (
        <pre className={classes.code} role="region" tabIndex={0} aria-label={title}>
          <code>{pretty}</code>
        </pre>
      )}
    </div>
  );
}
