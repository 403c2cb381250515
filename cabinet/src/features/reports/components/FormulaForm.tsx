import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useValidators } from '@/features/session/hooks/useValidators';
import {
  DeleteReportFormulaDocument,
  type ReportFormulasQuery,
  SaveReportFormulaDocument,
  type ValueType,
} from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { checkFormula } from '../formula';
import { grouped } from '../grouped';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';

interface FormulaFormProps {
  formula: ReportFormulasQuery['reportFormulas'][number] | undefined;
  onSaved: (id: string) => void;
  onDeleted: (id: string) => void;
}

const types = ['NUMBER', 'MONEY', 'PERCENT'] as const satisfies ValueType[];
const context = { additionalTypenames: ['ReportFormula'] };

/** Name, arithmetic and look of a metric of the account's own. */
export function FormulaForm({ formula, onSaved, onDeleted }: FormulaFormProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const check = useValidators();
  const { catalog } = useReportPage();
  const [, save] = useMutation(SaveReportFormulaDocument);
  const [, remove] = useMutation(DeleteReportFormulaDocument);
  const { pending, error, submit } = useSubmit();
  const metrics = catalog.metrics.filter(({ id }) => /^\w+$/.test(id));
  const ids = new Set(metrics.map(({ id }) => id));
  const faultOf = (expression: string) => {
    const fault = checkFormula(expression, ids);
    if (!fault) {
      return null;
    }
    const rest = expression.slice(fault.position, fault.position + 20).trim();
    return rest === ''
      ? t('reports.formula.atEnd')
      : t('reports.formula.at', { position: fault.position + 1, rest });
  };
  const form = useForm<{ name: string; expression: string; type: ValueType }>({
    initialValues: {
      name: formula?.name ?? '',
      expression: formula?.expression ?? '',
      type: formula?.type ?? 'NUMBER',
    },
    validate: {
      name: check.required,
      expression: (text) => check.required(text) ?? faultOf(text),
    },
    validateInputOnBlur: ['expression'],
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        void submit({
          form,
          send: () =>
            save({ input: { ...values, name: values.name.trim(), id: formula?.id ?? null } }, context),
          done: ({ saveReportFormula }) => onSaved(saveReportFormula.formula.id),
        });
      })}
    >
      <Stack>
        <TextInput
          label={t('reports.formula.name')}
          required
          data-autofocus
          {...form.getInputProps('name')}
        />
        <TextInput
          label={t('reports.formula.expression')}
          description={t('reports.formula.hint')}
          required
          classNames={{ input: 'mono' }}
          {...form.getInputProps('expression')}
        />
        <Group grow align="flex-start">
          <Select
            label={t('reports.formula.insert')}
            searchable
            value={null}
            data={grouped(metrics, ({ group }) => group).map(([group, items]) => ({
              group: words.metricGroup(group),
              items: items.map((metric) => ({ value: metric.id, label: words.metric(metric) })),
            }))}
            onChange={(id) => {
              const before = form.getValues().expression.trimEnd();
              if (id !== null) {
                form.setFieldValue('expression', before === '' ? id : `${before} ${id}`);
              }
            }}
          />
          <Select
            label={t('reports.formula.type')}
            allowDeselect={false}
            data={types.map((value) => ({ value, label: t(`reports.formula.${value}`) }))}
            {...form.getInputProps('type')}
          />
        </Group>
        <ProblemAlert error={error} />
        <Group justify="space-between">
          {formula ? (
            <ConfirmButton
              variant="subtle"
              color="red"
              title={t('reports.formula.question', { name: formula.name })}
              text={t('reports.formula.text')}
              confirm={t('reports.formula.delete')}
              action={async () => {
                const { error } = await remove({ input: { id: formula.id } }, context);
                if (!error) {
                  onDeleted(formula.id);
                }
                return error;
              }}
            >
              {t('reports.formula.delete')}
            </ConfirmButton>
          ) : (
            <span />
          )}
          <Button type="submit" loading={pending}>
            {t('reports.formula.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
