/* How long MPI takes to add up messages of training: `mpicc -O2 tests/bench/allreduce.c && mpirun -n N a.out FLOATS...`
 * prints for each size the least and the median time of a call, as process 0 sees it. */
#define _POSIX_C_SOURCE 200809L
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALLS = 200, WARM = 10 };

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    double times[CALLS];
    int rank, processes;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &processes);
    for (int i = 1; i < argc; i++) {
        const int count = atoi(argv[i]);
        float *numbers = calloc((size_t)count + 1, sizeof *numbers);
        for (int call = -WARM; numbers && call < CALLS; call++) {
            MPI_Barrier(MPI_COMM_WORLD);
            const double begin = MPI_Wtime();
            MPI_Allreduce(MPI_IN_PLACE, numbers, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
            if (call >= 0)
                times[call] = MPI_Wtime() - begin;
        }
        free(numbers);
        qsort(times, CALLS, sizeof *times, by_size);
        if (rank == 0)
            printf("%d processes, %d floats: least %.1f us, median %.1f us\n", processes, count, 1e6 * times[0],
                   1e6 * times[CALLS / 2]);
    }
    MPI_Finalize();
    return 0;
}
