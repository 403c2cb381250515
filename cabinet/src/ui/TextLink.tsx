import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type PlainAnchorProps = AnchorProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps> & { ref?: Ref<HTMLAnchorElement> };

function PlainAnchor(props: PlainAnchorProps) {
  return <Anchor {...props} />;
}

/** A link to another page of the cabinet. */
export const TextLink = createLink(PlainAnchor);
