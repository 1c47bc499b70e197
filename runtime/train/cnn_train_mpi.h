/* Processes of MPI that learn together: `mpicc -include cnn_train_mpi.h -DCNN_TRAIN_MAIN NAME_train.c ...` makes a
 * program for mpirun of training code. It is compiled with the program, since MPI's libraries differ. Only this file
 * knows MPI; what the processes say to each other is up to cnn_train_together. */
#ifndef CNN_TRAIN_MPI_H
#define CNN_TRAIN_MPI_H

#define CNN_TRAIN_RUN cnn_train_mpi_main

#include <mpi.h>

#include "cnn_train.h"

enum { CNN_MPI_PIECE = 1 << 28 }; /* MPI counts in ints */

static void cnn_mpi_combine(void *self, void *numbers, int64_t count, enum cnn_combining how)
{
    const MPI_Datatype type = how == CNN_ADD_FLOATS ? MPI_FLOAT : how == CNN_ADD_INTEGERS ? MPI_INT64_T : MPI_DOUBLE;
    const MPI_Op operation = how == CNN_LARGEST_DOUBLES ? MPI_MAX : MPI_SUM;
    const size_t size = how == CNN_ADD_FLOATS ? sizeof(float) : 8;
    (void)self;
    for (int64_t done = 0; done < count; done += CNN_MPI_PIECE) {
        const int piece = (int)(count - done < CNN_MPI_PIECE ? count - done : CNN_MPI_PIECE);
        MPI_Allreduce(MPI_IN_PLACE, (char *)numbers + (size_t)done * size, piece, type, operation, MPI_COMM_WORLD);
    }
}

static void cnn_mpi_share(void *self, void *bytes, size_t count)
{
    (void)self;
    for (size_t done = 0; done < count; done += CNN_MPI_PIECE) {
        const int piece = (int)(count - done < CNN_MPI_PIECE ? count - done : CNN_MPI_PIECE);
        MPI_Bcast((char *)bytes + done, piece, MPI_BYTE, 0, MPI_COMM_WORLD);
    }
}

/* Threads other than the first never call MPI. */
static int cnn_train_mpi_main(const struct cnn_trainee *trainee, int argc, char **argv)
{
    char host[MPI_MAX_PROCESSOR_NAME];
    struct cnn_peers peers = {0, 1, 1, host, NULL, cnn_mpi_combine, cnn_mpi_share};
    MPI_Comm machine;
    int provided, length, status;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &peers.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &peers.count);
    MPI_Get_processor_name(host, &length);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, peers.rank, MPI_INFO_NULL, &machine);
    MPI_Comm_size(machine, &peers.beside);
    MPI_Comm_free(&machine);
    status = cnn_train_together(trainee, &peers, argc, argv);
    MPI_Finalize();
    return status;
}

#endif
