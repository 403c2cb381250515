import { UnstyledButton } from '@mantine/core';
import type { ValueType } from '@/graphql/generated/graphql';
import { useFigures } from '../hooks/useFigures';
import type { Figure } from '../rows';
import classes from './FigureButton.module.css';

interface FigureButtonProps {
  value: Figure;
  type: ValueType;
  /** Opens the rows the figure was made of; absent for figures that are not counted. */
  onDrill: (() => void) | undefined;
}

/** A figure; one that was counted from something opens it. */
export function FigureButton({ value, type, onDrill }: FigureButtonProps) {
  const text = useFigures().figure(value, type);
  if (!onDrill || value === null || value === 0) {
    return text;
  }
  return (
    <UnstyledButton className={classes.figure} aria-haspopup="dialog" onClick={onDrill}>
      {text}
    </UnstyledButton>
  );
}
