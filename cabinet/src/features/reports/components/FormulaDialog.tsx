import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { ReportFormulasDocument } from '@/graphql/generated/graphql';
import { Loaded } from '@/ui/Loaded';
import { FormulaForm } from './FormulaForm';

interface FormulaDialogProps {
  /** The formula to change; null = a new one; closed when absent. */
  id: string | null | undefined;
  onClose: () => void;
  /** After saving, with the id of its metric. */
  onSaved: (metric: string) => void;
  onDeleted: (metric: string) => void;
}

const context = { additionalTypenames: ['ReportFormula'] };

/** Adds or changes a metric by a formula. */
export function FormulaDialog({ id, onClose, onSaved, onDeleted }: FormulaDialogProps) {
  const { t } = useTranslation();
  const [result, retry] = useQuery({ query: ReportFormulasDocument, context, pause: id === undefined });
  return (
    <Modal
      opened={id !== undefined}
      onClose={onClose}
      title={t('reports.formula.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common.action.close') }}
    >
      {id !== undefined && (
        <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
          {({ reportFormulas }) => (
            <FormulaForm
              formula={reportFormulas.find((formula) => formula.id === id)}
              onSaved={(saved) => {
                onClose();
                onSaved(`formula:${saved}`);
              }}
              onDeleted={(deleted) => {
                onClose();
                onDeleted(`formula:${deleted}`);
              }}
            />
          )}
        </Loaded>
      )}
    </Modal>
  );
}
