import { type ReactNode, useMemo } from 'react';
import { useQuery } from 'urql';
import { ReportCatalogDocument, ReportFunnelsDocument, type ReportKind } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';
import { ReportPageContext, useChangeState } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import { funnelsOfStages, TermsContext, termsOf } from '../hooks/useTerms';
import { useToday } from '../hooks/useToday';
import type { ReportState } from '../state';
import { ViewsMenu } from './ViewsMenu';

interface ReportFrameProps {
  kind: ReportKind;
  state: ReportState;
  children: ReactNode;
}

const catalogContext = { additionalTypenames: ['ReportFormula', 'Funnel', 'Stage'] };
const funnelContext = { additionalTypenames: ['Crm', 'Funnel'] };

/** The page of a report: its heading, what it can show, the words it speaks in. */
export function ReportFrame({ kind, state, children }: ReportFrameProps) {
  const [{ data }] = useQuery({ query: ReportFunnelsDocument, context: funnelContext });
  const crms = data?.crms;
  const terms = useMemo(
    () => ({ terms: termsOf(crms ?? [], state.funnels), funnelOfStage: funnelsOfStages(crms ?? []) }),
    [crms, state.funnels],
  );
  return (
    <TermsContext value={terms}>
      <CatalogFrame kind={kind} state={state}>
        {children}
      </CatalogFrame>
    </TermsContext>
  );
}

function CatalogFrame({ kind, state, children }: ReportFrameProps) {
  const words = useReportWords();
  const today = useToday();
  const change = useChangeState(state);
  const [result, retry] = useQuery({
    query: ReportCatalogDocument,
    variables: { report: kind },
    context: catalogContext,
  });
  return (
    <Page
      title={words.term(`reports.title.${kind}`)}
      lead={words.term(`reports.lead.${kind}`)}
      actions={<ViewsMenu kind={kind} state={state} />}
    >
      <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
        {({ reportCatalog }) => (
          <ReportPageContext value={{ kind, state, catalog: reportCatalog, today, change }}>
            {children}
          </ReportPageContext>
        )}
      </Loaded>
    </Page>
  );
}
