import { VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './WizardSteps.module.css';

interface WizardStepsProps {
  integrationId: string;
  steps: { id: string; title: string }[];
  current: number;
}

/** The steps of the wizard; those behind lead back. */
export function WizardSteps({ integrationId, steps, current }: WizardStepsProps) {
  const { t } = useTranslation();
  return (
    <nav aria-label={t('integrations.wizard.steps')}>
      <ol className={classes.list}>
        {steps.map(({ id, title }, index) => (
          <li key={id}>
            {index < current ? (
              <Link
                to="/integrations/$integrationId/connect"
                params={{ integrationId }}
                search={{ step: id }}
                className={`${classes.step} ${classes.done}`}
                activeProps={{}}
              >
                <span className={classes.number} aria-hidden>
                  <IconCheck size={14} />
                </span>
                <span>
                  {title}
                  <VisuallyHidden>, {t('integrations.wizard.done')}</VisuallyHidden>
                </span>
              </Link>
            ) : (
              <span className={classes.step} aria-current={index === current ? 'step' : undefined}>
                <span className={classes.number}>{index + 1}</span>
                {title}
              </span>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
