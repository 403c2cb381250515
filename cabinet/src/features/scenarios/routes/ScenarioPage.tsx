import { Skeleton, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ScenarioDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { TextLink } from '@/ui/TextLink';
import { ScenarioEditor } from '../components/ScenarioEditor';
import { graphOf } from '../graph';
import { useCatalogue } from '../hooks/useCatalogue';
import { graphOfTemplate } from '../templates';

const route = getRouteApi('/shell/scenarios/$scenarioId');
const isNewId = 'new';

/** One scenario, or a new one made of a template. */
export function ScenarioPage() {
  const { scenarioId } = route.useParams();
  const { template } = route.useSearch();
  const { t } = useTranslation();
  const isNew = scenarioId === isNewId;
  const { catalogue, choices, error, retry } = useCatalogue();
  const [result, again] = useQuery({
    query: ScenarioDocument,
    variables: { id: scenarioId },
    pause: isNew,
    // What comes from memory may be old, and one edits what is there now.
    requestPolicy: 'network-only',
  });
  const scenario = result.data?.scenario.id === scenarioId ? result.data.scenario : undefined;
  const begin = isNew
    ? { name: t(`scenarios.template.${template ?? 'direct'}`), graph: graphOfTemplate(template ?? 'direct') }
    : scenario && { name: scenario.name, graph: graphOf(scenario) };
  const data = catalogue && begin ? { catalogue, begin } : undefined;
  return (
    <Page
      key={scenarioId}
      title={isNew ? t('scenarios.details.create') : (scenario?.name ?? t('scenarios.details.one'))}
      above={
        <TextLink to="/scenarios" size="sm" style={{ alignSelf: 'flex-start' }}>
          {t('scenarios.list.title')}
        </TextLink>
      }
    >
      <Loaded
        result={{ data, error: error ?? (isNew ? undefined : result.error) }}
        onRetry={() => {
          retry({ requestPolicy: 'network-only' });
          again({ requestPolicy: 'network-only' });
        }}
        skeleton={
          <Stack aria-busy="true">
            <Skeleton height={120} />
            <Skeleton height={320} />
          </Stack>
        }
      >
        {({ catalogue, begin }) => (
          <ScenarioEditor
            key={scenarioId}
            scenario={scenario}
            begin={begin}
            catalogue={catalogue}
            choices={choices}
          />
        )}
      </Loaded>
    </Page>
  );
}
