import { Button, Modal, Skeleton } from '@mantine/core';
import { IconPhone, IconPhoneOff } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { CallsTable } from '@/features/calls/components/CallsTable';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import {
  CallsDocument,
  VirtualNumberDocument,
  type VirtualNumberFieldsFragment,
} from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { CopyableId } from '@/ui/CopyableId';
import { EmptyState } from '@/ui/EmptyState';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { Page } from '@/ui/Page';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { DeleteNumbersButton } from '../components/DeleteNumbersButton';
import { EditNumbersForm } from '../components/EditNumbersForm';
import { NumberPurpose } from '../components/NumberPurpose';
import { NumberStateBadge } from '../components/NumberStateBadge';
import { useNumberChoices, type NumberChoices } from '../hooks/useNumberChoices';

const route = getRouteApi('/shell/numbers/$numberId');
const context = { additionalTypenames: ['VirtualNumber'] };
const ofCalls = { additionalTypenames: ['Call'] };

/** One virtual number with its latest calls. */
export function NumberPage() {
  const { numberId } = route.useParams();
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const canChange = useCan('ADMIN');
  const choices = useNumberChoices();
  const [isEdited, setEdited] = useState(false);
  const [result, retry] = useQuery({ query: VirtualNumberDocument, variables: { id: numberId }, context });
  const number = result.data?.virtualNumber ?? undefined;
  const isMissing = result.data !== undefined && number === undefined;
  return (
    <Page
      key={numberId}
      title={number ? format.phone(number.number) : t('numbers.details.one')}
      lead={number?.name}
      above={
        <TextLink to="/numbers" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('numbers.list.title')}
        </TextLink>
      }
      actions={
        number &&
        canChange && (
          <>
            <Button variant="default" onClick={() => setEdited(true)}>
              {t('common.action.edit')}
            </Button>
            <DeleteNumbersButton
              variant="subtle"
              ids={[number.id]}
              onDone={() => void navigate({ to: '/numbers' })}
            />
          </>
        )
      }
    >
      {isMissing ? (
        <div className="panel">
          <EmptyState icon={IconPhoneOff} title={t('numbers.details.missing')} />
        </div>
      ) : (
        <Loaded
          result={{ data: number, error: result.error }}
          onRetry={() => retry({ requestPolicy: 'network-only' })}
          skeleton={<Skeleton height={240} />}
        >
          {(shown) => (
            <>
              <Panel>
                <NumberFacts number={shown} choices={choices} />
              </Panel>
              <NumberCalls numberId={shown.id} />
              <Modal
                opened={isEdited}
                onClose={() => setEdited(false)}
                title={shown.text}
                closeButtonProps={{ 'aria-label': t('common.action.close') }}
                size="xl"
              >
                <EditNumbersForm numbers={[shown]} choices={choices} onDone={() => setEdited(false)} />
              </Modal>
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}

interface NumberFactsProps {
  number: VirtualNumberFieldsFragment;
  choices: NumberChoices;
}

function NumberFacts({ number, choices }: NumberFactsProps) {
  const { t } = useTranslation();
  return (
    <Facts>
      <Fact name={t('numbers.field.state')}>
        <NumberStateBadge number={number} />
      </Fact>
      <Fact name={t('numbers.field.usage')}>
        <NumberPurpose number={number} choices={choices} />
      </Fact>
      <Fact name={t('numbers.field.scenario')}>
        {number.scenarioId ? (
          <TextLink to="/scenarios/$scenarioId" params={{ scenarioId: number.scenarioId }} size="sm">
            {choices.scenario(number.scenarioId) ?? number.scenarioId}
          </TextLink>
        ) : (
          '—'
        )}
      </Fact>
      <Fact name={t('numbers.field.connection')}>{choices.connection(number.connectionId) ?? '—'}</Fact>
      <Fact name={t('numbers.field.integration')}>{choices.integration(number.integrationId) ?? '—'}</Fact>
      <Fact name={t('numbers.field.records')}>
        {t(number.records ? 'numbers.form.yes' : 'numbers.form.no')}
      </Fact>
      <Fact name={t('numbers.field.isDefault')}>
        {t(number.isDefault ? 'numbers.form.yes' : 'numbers.form.no')}
      </Fact>
      {number.lastLeasedAt && (
        <Fact name={t('numbers.details.lastLeased')}>
          <Moment at={number.lastLeasedAt} />
        </Fact>
      )}
      <Fact name={t('numbers.details.added')}>
        <Moment at={number.createdAt} as="date" />
      </Fact>
      <Fact name={t('numbers.details.id')}>
        <CopyableId value={number.id} />
      </Fact>
    </Facts>
  );
}

function NumberCalls({ numberId }: { numberId: string }) {
  const { t } = useTranslation();
  const variables = { first: 10, filter: { numberId } };
  const [result, retry] = useQuery({ query: CallsDocument, variables, context: ofCalls });
  return (
    <Panel
      title={t('numbers.details.calls')}
      actions={
        <ButtonLink to="/calls" search={{ number: numberId }} variant="default" size="xs">
          {t('numbers.details.allCalls')}
        </ButtonLink>
      }
    >
      <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
        {({ calls: { nodes } }) =>
          nodes.length === 0 ? (
            <EmptyState icon={IconPhone} title={t('numbers.details.noCalls')} />
          ) : (
            <CallsTable calls={nodes} />
          )
        }
      </Loaded>
    </Panel>
  );
}
