/* SPDX-License-Identifier: GPL-2.0-only */
/* The common version of all tools. */
#ifndef _TOOLS_CRASH_VERSION_H
#define _TOOLS_CRASH_VERSION_H

#define TOOLS_VERSION "0.9"

#endif
