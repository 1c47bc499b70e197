/* Threads that share the work of one call. A job is a task and a count of indices; whoever is awake
 * takes the next index until none is left. Which thread takes which index does not affect the results:
 * tasks write disjoint outputs and use only the scratch memory of their thread.
 *
 * Handing out work must take less time than a small layer: the caller stores one word and starts on
 * index 0 itself; workers spin on that word for a moment before they sleep; no thread waits for a
 * worker that has not taken an index. */
#include "cnn_internal.h"

#ifdef CNN_NO_THREADS

struct cnn_pool *cnn_pool_new_in(const struct cnn_memory *memory, int threads, void *scratch, size_t stride,
                                 struct cnn_error *error)
{
    (void)memory;
    (void)scratch;
    (void)stride;
    cnn_fail(error, CNN_ERROR_THREADS, "%d threads: this runtime was built without them", threads);
    return NULL;
}

void cnn_pool_free(struct cnn_pool *pool)
{
    (void)pool;
}

#else

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SPIN_NANOSECONDS = 1000 * 1000, /* a few layers' time, so that no thread falls asleep within a call */
    SPINS_PER_LOOK = 32,            /* between looks at the clock */
    APART = 128                     /* bytes between data that different threads write: two cache lines */
};

struct worker {
    pthread_t thread;
    struct pool *pool;
    int number;
};

struct pool {
    struct cnn_pool base; /* must be first: generated code sees only this */
    struct cnn_memory memory;

    /* The job: written before `unclaimed`, read after claiming an index. */
    cnn_task *task;
    void *argument;
    int count;

    char apart0[APART];
    int unclaimed; /* indices that no thread has taken yet: claimed downwards, run upwards */
    char apart1[APART];
    int unfinished; /* indices whose task has not returned, except the caller's first */
    char apart2[APART];
    int sleepers; /* workers that wait for `work` */
    int waiting;  /* the caller waits for `done` */
    int stop;

    int64_t spin; /* nanoseconds; 0 if there are more threads than processors */
    unsigned char *scratch;
    size_t stride;
    pthread_mutex_t mutex;
    pthread_cond_t work, done;
    int started;
    struct worker workers[]; /* base.threads - 1 */
};

static int load(const int *word)
{
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static void store(int *word, int value)
{
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Takes an index, or returns -1. */
static int claim(struct pool *pool)
{
    int left = __atomic_load_n(&pool->unclaimed, __ATOMIC_RELAXED);
    while (left > 0)
        if (__atomic_compare_exchange_n(&pool->unclaimed, &left, left - 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return pool->count - left;
    return -1;
}

/* Runs the rest of the job on thread `number`; returns how many indices it ran. */
static int work(struct pool *pool, int number)
{
    void *scratch = pool->scratch + (size_t)number * pool->stride;
    int index, finished = 0;
    while ((index = claim(pool)) >= 0) {
        pool->task(pool->argument, index, pool->count, scratch);
        finished++;
    }
    return finished;
}

/* Spins until *word is positive (or zero, if `zero`) or the time for spinning is over. */
static int spin(const struct pool *pool, const int *word, int zero)
{
    const int64_t begin = pool->spin > 0 ? nanoseconds() : 0;
    if (pool->spin <= 0)
        return 0;
    do
        for (int i = 0; i < SPINS_PER_LOOK; i++) {
            if ((__atomic_load_n(word, __ATOMIC_ACQUIRE) > 0) != zero)
                return 1;
            relax();
        }
    while (nanoseconds() - begin < pool->spin);
    return 0;
}

static void finish(struct pool *pool, int finished)
{
    if (finished == 0 || __atomic_sub_fetch(&pool->unfinished, finished, __ATOMIC_SEQ_CST) > 0)
        return;
    if (load(&pool->waiting)) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_signal(&pool->done);
        pthread_mutex_unlock(&pool->mutex);
    }
}

static void *worker_main(void *argument)
{
    struct worker *worker = (struct worker *)argument;
    struct pool *pool = worker->pool;
    for (;;) {
        finish(pool, work(pool, worker->number));
        if (spin(pool, &pool->unclaimed, 0))
            continue;
        pthread_mutex_lock(&pool->mutex);
        store(&pool->sleepers, pool->sleepers + 1);
        while (load(&pool->unclaimed) <= 0 && !pool->stop)
            pthread_cond_wait(&pool->work, &pool->mutex);
        store(&pool->sleepers, pool->sleepers - 1);
        const int stop = pool->stop;
        pthread_mutex_unlock(&pool->mutex);
        if (stop)
            return NULL;
    }
}

/* Waits until every index is done: first spins, then sleeps, so that a worker that lost its processor gets it back. */
static void wait_until_done(struct pool *pool)
{
    if (load(&pool->unfinished) == 0 || spin(pool, &pool->unfinished, 1))
        return;
    pthread_mutex_lock(&pool->mutex);
    store(&pool->waiting, 1);
    while (load(&pool->unfinished) > 0)
        pthread_cond_wait(&pool->done, &pool->mutex);
    store(&pool->waiting, 0);
    pthread_mutex_unlock(&pool->mutex);
}

static void pool_run(struct cnn_pool *base, cnn_task *task, void *argument, int count)
{
    struct pool *pool = (struct pool *)base;
    if (count <= 1) {
        if (count == 1)
            task(argument, 0, 1, pool->scratch);
        return;
    }
    pool->task = task;
    pool->argument = argument;
    pool->count = count;
    __atomic_store_n(&pool->unfinished, count - 1, __ATOMIC_RELAXED);
    store(&pool->unclaimed, count - 1); /* publishes the job */
    if (load(&pool->sleepers) > 0) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_broadcast(&pool->work);
        pthread_mutex_unlock(&pool->mutex);
    }
    task(argument, 0, count, pool->scratch);
    finish(pool, work(pool, 0));
    wait_until_done(pool);
}

static int processors(void)
{
#ifdef _SC_NPROCESSORS_ONLN
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > CNN_MAX_THREADS ? CNN_MAX_THREADS : (int)online;
#else
    return CNN_MAX_THREADS;
#endif
}

/* Workers block signals, which are for the application's threads. */
static int start_workers(struct pool *pool)
{
    sigset_t all, old;
    int failed = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    while (!failed && pool->started < pool->base.threads - 1) {
        struct worker *worker = &pool->workers[pool->started];
        worker->pool = pool;
        worker->number = pool->started + 1;
        failed = pthread_create(&worker->thread, NULL, worker_main, worker);
        if (!failed)
            pool->started++;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return failed;
}

struct cnn_pool *cnn_pool_new_in(const struct cnn_memory *memory, int threads, void *scratch, size_t stride,
                                 struct cnn_error *error)
{
    const size_t bytes = sizeof(struct pool) + (size_t)(threads - 1) * sizeof(struct worker);
    struct pool *pool = (struct pool *)cnn_allocate(memory, bytes);
    if (!pool) {
        cnn_fail(error, CNN_ERROR_THREADS, "no memory for %d threads", threads);
        return NULL;
    }
    memset(pool, 0, bytes);
    pool->memory = *memory;
    pool->base.run = pool_run;
    pool->base.threads = threads;
    pool->spin = threads <= processors() ? SPIN_NANOSECONDS : 0;
    pool->scratch = (unsigned char *)scratch;
    pool->stride = stride;
    int failed = pthread_mutex_init(&pool->mutex, NULL);
    if (!failed)
        failed = pthread_cond_init(&pool->work, NULL);
    if (!failed)
        failed = pthread_cond_init(&pool->done, NULL);
    if (!failed)
        failed = start_workers(pool);
    if (!failed)
        return &pool->base;
    cnn_fail(error, CNN_ERROR_THREADS, "cannot start thread %d of %d: %s", pool->started + 2, threads,
             strerror(failed));
    cnn_pool_free(&pool->base);
    return NULL;
}

void cnn_pool_free(struct cnn_pool *base)
{
    struct pool *pool = (struct pool *)base;
    if (!pool)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->stop = 1;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    const struct cnn_memory memory = pool->memory;
    cnn_release(&memory, pool);
}

#endif

struct cnn_pool *cnn_pool_new(int threads, void *scratch, size_t stride, struct cnn_error *error)
{
    const struct cnn_memory memory = {NULL, NULL, NULL};
    return cnn_pool_new_in(&memory, threads, scratch, stride, error);
}
