import { getRouteApi, Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ReportViewDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { pageOf } from '../reportKinds';
import { readDefinition } from '../state';

const route = getRouteApi('/shell/reports/views/$viewId');

/** The address a saved view is shared by: leads to its report. */
export function ViewPage() {
  const { t } = useTranslation();
  const { viewId } = route.useParams();
  const [result, retry] = useQuery({ query: ReportViewDocument, variables: { id: viewId } });
  return (
    <Page title={t('reports.views.opening')}>
      <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
        {({ reportView }) => (
          <Navigate
            to={pageOf(reportView.report)}
            search={{ ...readDefinition(reportView.definition), view: reportView.id } as never}
            replace
          />
        )}
      </Loaded>
    </Page>
  );
}
