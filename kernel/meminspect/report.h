/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MEMINSPECT_REPORT_H
#define _MEMINSPECT_REPORT_H

void meminspect_report_later(void);

#endif /* _MEMINSPECT_REPORT_H */
