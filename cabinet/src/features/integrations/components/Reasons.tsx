import { List, Text, UnstyledButton } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useLocalText } from '../hooks/useLocalText';
import { controlId } from '../settings';
import type { Problems } from '../hooks/useProblems';

interface ReasonsProps {
  id: string;
  problems: Problems;
  intro: string;
  /** Leads to a setting; the focus goes there when absent. */
  onPick?: (key: string) => void;
}

/** Why one can't go on, beside the button that is off; each reason leads to its setting. */
export function Reasons({ id, problems, intro, onPick = focusOn }: ReasonsProps) {
  const { t } = useTranslation();
  const local = useLocalText();
  const list = problems.problems;
  return (
    <div id={id} role="status">
      {list.length > 0 ? (
        <>
          <Text size="sm" fw={600} c="var(--app-ink-orange)">
            <IconAlertCircle size={15} aria-hidden style={{ verticalAlign: '-2px' }} /> {intro}
          </Text>
          <List size="sm">
            {list.map(({ key, text }) => (
              <List.Item key={key}>
                <UnstyledButton fz="sm" td="underline" onClick={() => onPick(key)}>
                  {local(text)}
                </UnstyledButton>
              </List.Item>
            ))}
          </List>
        </>
      ) : (
        problems.isChecking && (
          <Text size="sm" c="dimmed">
            {t('integrations.wizard.checking')}
          </Text>
        )
      )}
    </div>
  );
}

function focusOn(key: string) {
  document.getElementById(controlId(key))?.focus();
}
