import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation } from 'urql';
import { UploadCampaignCostsDocument, type UploadCampaignCostsMutation } from '@/graphql/generated/graphql';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { faultOf, type FileFault, toBase64 } from '../file';
import { CostsTable } from './CostsTable';
import { DropZone } from './DropZone';
import { ProblemsTable } from './ProblemsTable';
import { SampleButton } from './SampleButton';

type Outcome = UploadCampaignCostsMutation['uploadCampaignCosts'];
interface Loaded {
  fileName: string;
  content: string;
  outcome: Outcome;
}

const context = { additionalTypenames: ['Campaign', 'ReportTable'] };

/** The button that was pressed is gone: who reads by ear or keyboard goes on at the outcome. */
const takeFocus = (node: HTMLElement | null) => node?.focus();

/** Uploads costs from a file: first what would happen is shown, then it is confirmed. */
export function UploadPanel() {
  const { t } = useTranslation();
  const [, send] = useMutation(UploadCampaignCostsDocument);
  const [loaded, setLoaded] = useState<Loaded>();
  const [fault, setFault] = useState<FileFault>();
  const [error, setError] = useState<CombinedError>();
  const [pending, setPending] = useState(false);

  const upload = async (fileName: string, content: string, dryRun: boolean) => {
    setPending(true);
    setError(undefined);
    const answer = await send({ input: { fileName, content, dryRun } }, context);
    setPending(false);
    if (answer.data && !answer.error) {
      setLoaded({ fileName, content, outcome: answer.data.uploadCampaignCosts });
    } else {
      setError(answer.error);
    }
  };
  const check = async (file: File) => {
    const wrong = faultOf(file);
    setFault(wrong ?? undefined);
    setLoaded(undefined);
    setError(undefined);
    if (wrong === null) {
      await upload(file.name, toBase64(new Uint8Array(await file.arrayBuffer())), true);
    }
  };
  const outcome = loaded?.outcome;
  const restart = () => {
    setLoaded(undefined);
    setError(undefined);
  };
  return (
    <Panel title={t('costs.upload.title')} lead={t('costs.upload.lead')} actions={<SampleButton />}>
      {!loaded && <DropZone loading={pending} onFile={(file) => void check(file)} />}
      {fault && (
        <Alert color="red" variant="light" role="alert">
          {t(`costs.fault.${fault}`)}
        </Alert>
      )}
      <ProblemAlert error={error} />
      {loaded && outcome && (
        <Stack gap="md">
          <Text
            key={String(outcome.saved)}
            size="sm"
            fw={600}
            className="break"
            ref={takeFocus}
            tabIndex={-1}
            style={{ outline: 'none' }}
          >
            {loaded.fileName}
          </Text>
          {outcome.saved && (
            <Alert color="green" variant="light" role="status" icon={<IconCheck aria-hidden />}>
              {t('costs.upload.saved', { count: outcome.costs.length })}
            </Alert>
          )}
          {outcome.problems.length > 0 && <ProblemsTable problems={outcome.problems} />}
          {!outcome.saved && outcome.problems.length === 0 && outcome.costs.length > 0 && (
            <Text size="sm" role="status">
              {t('costs.preview.lead', { count: outcome.costs.length })}{' '}
              {outcome.costs.some(({ replaces }) => replaces) &&
                t('costs.preview.replacing', {
                  count: outcome.costs.filter(({ replaces }) => replaces).length,
                })}
            </Text>
          )}
          {outcome.problems.length === 0 && outcome.costs.length > 0 && <CostsTable costs={outcome.costs} />}
          <Group>
            {!outcome.saved && outcome.problems.length === 0 && outcome.costs.length > 0 && (
              <Button loading={pending} onClick={() => void upload(loaded.fileName, loaded.content, false)}>
                {t('costs.upload.confirm')}
              </Button>
            )}
            <Button variant="default" onClick={restart} disabled={pending}>
              {t(outcome.saved ? 'costs.upload.next' : 'costs.upload.other')}
            </Button>
          </Group>
        </Stack>
      )}
    </Panel>
  );
}
