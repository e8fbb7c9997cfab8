/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Standard input, output and error, which the caller of the program may have closed.
 */
#ifndef VGIC_RUN_STANDARD_FILES_H
#define VGIC_RUN_STANDARD_FILES_H

#include <stdbool.h>

/*
 * Opens /dev/null on each of the descriptors 0 to 2 that is closed. Otherwise a disk image might
 * be opened as descriptor 1, and the guest's console would be written to it. To be called before
 * any other file is opened. Returns false if /dev/null cannot be opened.
 */
bool standard_files_open(void);

#endif /* VGIC_RUN_STANDARD_FILES_H */
