import { Button, Group, Radio, Stack, Stepper, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import {
  CreatePbxConnectionDocument,
  type CreatePbxConnectionMutation,
  type PbxKind,
} from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { useSubmit } from '@/ui/useSubmit';
import { createInput, formOf, kinds } from '../connectionForm';
import { ConnectionAddresses } from './ConnectionAddresses';
import { ConnectionFields } from './ConnectionFields';
import { SetupGuide } from './SetupGuide';

/** Attaches a PBX in three steps: which, how, and what to enter there. */
export function ConnectWizard() {
  const { t } = useTranslation();
  const [step, setStep] = useState(0);
  const [made, setMade] = useState<CreatePbxConnectionMutation['createPbxConnection']>();
  const [, create] = useMutation(CreatePbxConnectionDocument);
  const { pending, error, submit } = useSubmit();
  const form = useForm({
    initialValues: formOf(),
    validate: {
      name: (name) => (name.trim() === '' ? t('common.form.required') : null),
      token: (token, { kind }) =>
        kind === 'MANGO' && token.trim() === '' ? t('common.form.required') : null,
      salt: (salt, { kind }) => (kind === 'MANGO' && salt.trim() === '' ? t('common.form.required') : null),
    },
  });
  const { kind } = form.getValues();
  const choose = () => {
    if (form.getValues().name === '') {
      form.setFieldValue('name', t(`connections.kind.${kind}`));
    }
    setStep(1);
  };
  return (
    <Stack gap="lg">
      <Stepper active={step} size="sm" allowNextStepsSelect={false}>
        <Stepper.Step label={t('connections.wizard.kind')} />
        <Stepper.Step label={t('connections.wizard.access')} />
        <Stepper.Step label={t('connections.wizard.setup')} />
      </Stepper>
      {step === 0 && (
        <Stack>
          <Radio.Group
            label={t('connections.wizard.which')}
            value={kind}
            onChange={(next) => {
              form.setFieldValue('kind', next as PbxKind);
              form.setFieldValue('name', '');
            }}
          >
            <Stack gap="sm" mt="xs">
              {kinds.map((value) => (
                <Radio
                  key={value}
                  value={value}
                  label={t(`connections.kind.${value}`)}
                  description={t(`connections.kindHint.${value}`)}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Group>
            <Button onClick={choose}>{t('connections.wizard.next')}</Button>
          </Group>
        </Stack>
      )}
      {step === 1 && (
        <form
          onSubmit={form.onSubmit((values) =>
            submit({
              form,
              send: () => create({ input: createInput(values) }),
              done: ({ createPbxConnection }) => {
                setMade(createPbxConnection);
                setStep(2);
              },
            }),
          )}
        >
          <Stack maw={560}>
            <ConnectionFields form={form} />
            <ProblemAlert error={error} />
            <Group>
              <Button variant="default" onClick={() => setStep(0)}>
                {t('connections.wizard.back')}
              </Button>
              <Button type="submit" loading={pending}>
                {t('connections.wizard.create')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {step === 2 && made && (
        <Stack>
          <ConnectionAddresses connection={made.connection} signingSecret={made.signingSecret} />
          <Text fw={600}>{t('connections.guide.title')}</Text>
          <SetupGuide kind={made.connection.kind} />
          <Group>
            <ButtonLink to="/telephony/$connectionId" params={{ connectionId: made.connection.id }}>
              {t('connections.wizard.done')}
            </ButtonLink>
          </Group>
        </Stack>
      )}
    </Stack>
  );
}
