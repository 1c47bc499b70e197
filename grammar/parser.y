/* The grammar. Actions only build the AST (ast.c); syntax_error.c words the errors, tokens.c finds
 * the ends of statements. A '-' is an arrow between layers and minus in expressions; after a condition,
 * the one place where it could be either, precedence makes it minus. */
%code requires {
#include "grammar/ast.h"
#include "grammar/ast_make.h"
struct parse;
}
%code {
#include "base/diag.h"
#include "grammar/tokens.h"
#define YYSTACK_USE_ALLOCA 0
#define YYMAXDEPTH 20000 /* LIMIT_NESTING is reached long before */
#define YYLLOC_DEFAULT(place, rhs, n)                                                                  \
    do {                                                                                               \
        if (n)                                                                                         \
            (place) = (struct span){YYRHSLOC(rhs, 1).start, YYRHSLOC(rhs, n).end};                     \
        else                                                                                           \
            (place) = (struct span){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end};                       \
    } while (0)

static void yyerror(const struct span *span, struct parse *parse, const char *message);
}

%define api.pure full
%define api.location.type {struct span}
%define api.token.prefix {TOKEN_}
%define parse.error custom
%define parse.lac full
%param {struct parse *parse}
%expect 0
%start input

%union {
    int64_t integer;
    double real;
    const char *name;
    enum expr_op op;
    struct named named;
    struct expr *expr;
    struct expr_list exprs;
    struct matrix_parts *matrix;
    struct label *label;
    struct arg *arg;
    struct arg_list args;
    struct formal *formal;
    struct formal_list formals;
    struct recipe_item *recipe;
    struct recipe_list recipes;
    struct item *item;
    struct suffix *suffix;
    struct suffix_list suffixes;
    struct element *element;
    struct chain *chain;
    struct chain_parts chain_parts;
    struct chain_list branches;
    struct statement *statement;
}

%token START_FILE START_EXPRESSION END
%token NETWORK PARAM DEFAULT BLOCK TABLE EXPECT TRAIN
%token <integer> INTEGER
%token <real> REAL
%token <expr> SIZE
%token <name> NAME WORD SETTING
%token <label> LABEL REFERENCE
%token FROM SHARE
%token ARROW IF ELSE AS AND OR NOT LE GE EQ NE

%precedence CONDITION
%left OR
%left AND
%precedence NOT
%nonassoc '<' '>' LE GE EQ NE
%left '+' '-'
%left '*' '/' '%'
%precedence SIGN
%right '^'

%type <statement> statement
%type <named> name argument_name
%type <op> relation
%type <expr> expr simple condition count extent parenthesised tuple call matrix entry number
%type <exprs> exprs row
%type <matrix> rows
%type <args> arguments argument_list
%type <arg> argument
%type <formals> formals formal_list
%type <formal> formal
%type <recipes> recipes
%type <recipe> recipe
%type <chain> chain optional_chain
%type <chain_parts> links
%type <branches> branches
%type <element> element
%type <item> item primary
%type <suffixes> suffixes
%type <suffix> suffix

%%

input
    : START_FILE statements
    | START_EXPRESSION expr                     { parse->result = $2; }
    ;
statements
    : %empty
    | statements statement END                  { add_statement(parse, $2); }
    | statements error END                      { yyerrok; }
    ;
statement
    : NETWORK name                              { $$ = make_statement(parse, STATEMENT_NETWORK, @$, $2); }
    | PARAM name '=' expr                       { $$ = make_statement(parse, STATEMENT_PARAM, @$, $2);
                                                  $$->value = $4; }
    | DEFAULT name '(' arguments ')'            { $$ = make_statement(parse, STATEMENT_DEFAULT, @$, $2);
                                                  $$->args = $4.first; }
    | BLOCK name formals '=' chain              { $$ = make_statement(parse, STATEMENT_BLOCK, @$, $2);
                                                  $$->formals = $3.first; $$->chain = $5; }
    | TABLE name '=' matrix                     { $$ = make_statement(parse, STATEMENT_TABLE, @$, $2);
                                                  $$->value = $4; }
    | EXPECT name relation simple               { $$ = make_statement(parse, STATEMENT_EXPECT, @$, $2);
                                                  $$->op = $3; $$->value = $4; }
    | TRAIN recipes                             { struct named none = {NULL, @1};
                                                  $$ = make_statement(parse, STATEMENT_TRAIN, @$, none);
                                                  $$->items = $2.first; }
    | chain                                     { struct named none = {NULL, {0, 0}};
                                                  $$ = make_statement(parse, STATEMENT_CHAIN, @$, none);
                                                  $$->chain = $1; }
    ;
name
    : NAME                                      { $$ = (struct named){$1, @1}; }
    ;
relation
    : '<'                                       { $$ = OP_LT; }
    | '>'                                       { $$ = OP_GT; }
    | LE                                        { $$ = OP_LE; }
    | GE                                        { $$ = OP_GE; }
    | EQ                                        { $$ = OP_EQ; }
    | NE                                        { $$ = OP_NE; }
    ;
formals
    : %empty                                    { $$ = (struct formal_list){NULL, NULL}; }
    | '(' ')'                                   { $$ = (struct formal_list){NULL, NULL}; }
    | '(' formal_list ')'                       { $$ = $2; }
    ;
formal_list
    : formal                                    { $$ = list_formal((struct formal_list){NULL, NULL}, $1); }
    | formal_list ',' formal                    { $$ = list_formal($1, $3); }
    ;
formal
    : name                                      { $$ = make_formal(parse, $1, NULL); }
    | name '=' expr                             { $$ = make_formal(parse, $1, $3); }
    ;
recipes
    : recipe                                    { $$ = list_recipe((struct recipe_list){NULL, NULL}, $1); }
    | recipes ',' recipe                        { $$ = list_recipe($1, $3); }
    ;
recipe
    : name                                      { $$ = make_recipe(parse, @$, $1); }
    | name '(' arguments ')'                    { $$ = make_recipe(parse, @$, $1); $$->has_args = true;
                                                  $$->args = $3.first; }
    | name '=' expr                             { $$ = make_recipe(parse, @$, $1); $$->value = $3; }
    | SETTING '=' REFERENCE                     { $$ = make_recipe(parse, @$, (struct named){$1, @1});
                                                  $$->reference = $3; }
    ;

chain
    : links                                     { $$ = $1.chain; $$->span = @$; }
    ;
optional_chain
    : %empty                                    { $$ = make_empty_chain(parse, @$); }
    | chain
    ;
links
    : element                                   { $$ = chain_begin(parse, $1); }
    | links arrow element                       { $$ = chain_add($1, $3); }
    ;
arrow
    : ARROW
    | '-'                                       { VEC_PUSH(parse->arena, &parse->arrows, @1.start); }
    ;
element
    : item                                      { $$ = make_element(parse, @$, $1, NULL, NULL); }
    | item IF condition       %prec CONDITION   { $$ = make_element(parse, @$, $1, $3, NULL); }
    | item IF condition ELSE element            { $$ = make_element(parse, @$, $1, $3, $5); }
    ;
condition
    : simple                  %prec CONDITION   { $$ = $1; syntax_error_check_condition(parse, $1); }
    ;
item
    : primary suffixes                          { $$ = $1; $$->suffixes = $2.first; $$->span = @$; }
    | LABEL primary suffixes                    { $$ = $2; $$->label = $1; $$->suffixes = $3.first; $$->span = @$; }
    ;
primary
    : name                                      { $$ = make_item(parse, ITEM_CALL, $1); }
    | name '(' arguments ')'                    { $$ = make_item(parse, ITEM_CALL, $1); $$->has_args = true;
                                                  $$->args = $3.first; }
    | '[' optional_chain ']'                    { $$ = make_item(parse, ITEM_GROUP, (struct named){NULL, @1});
                                                  $$->body = $2; }
    | name '{' branches '}'                     { $$ = make_item(parse, ITEM_MERGE, $1); $$->body = $3.first; }
    | FROM '(' REFERENCE ')'                    { $$ = make_item(parse, ITEM_FROM, (struct named){NULL, @1});
                                                  $$->reference = $3; }
    | SHARE '(' REFERENCE ')'                   { $$ = make_item(parse, ITEM_SHARE, (struct named){NULL, @1});
                                                  $$->reference = $3; }
    ;
branches
    : optional_chain                            { $$ = list_branch((struct chain_list){NULL, NULL}, $1); }
    | branches '|' optional_chain               { $$ = list_branch($1, $3); }
    ;
suffixes
    : %empty                                    { $$ = (struct suffix_list){NULL, NULL, 0}; }
    | suffixes suffix                           { $$ = list_suffix(parse, $1, $2); }
    ;
suffix
    : '*' count                                 { $$ = make_suffix(parse, @$, SUFFIX_REPEAT, $2, NULL); }
    | '*' count AS NAME                         { $$ = make_suffix(parse, @$, SUFFIX_REPEAT, $2, $4); }
    | '?'                                       { $$ = make_suffix(parse, @$, SUFFIX_OPTIONAL, NULL, NULL); }
    | '=' extent                                { $$ = make_suffix(parse, @$, SUFFIX_ASSERT, $2, NULL); }
    ;
count
    : INTEGER                                   { $$ = make_integer(parse, @1, $1); }
    | NAME                                      { $$ = make_name(parse, @1, EXPR_NAME, $1); }
    | call
    | parenthesised
    ;
extent
    : count
    | SIZE
    | tuple
    ;
arguments
    : %empty                                    { $$ = (struct arg_list){NULL, NULL}; }
    | argument_list
    ;
argument_list
    : argument                                  { $$ = list_arg((struct arg_list){NULL, NULL}, $1); }
    | argument_list ',' argument                { $$ = list_arg($1, $3); }
    ;
argument
    : expr                                      { $$ = make_arg(parse, @$, (struct named){NULL, @1}, $1); }
    | argument_name '=' expr                    { $$ = make_arg(parse, @$, $1, $3); }
    ;
argument_name
    : name
    | WORD                                      { $$ = (struct named){$1, @1}; }
    ;

expr
    : simple
    | simple IF simple ELSE expr                { $$ = make_conditional(parse, @$, $1, $3, $5); }
    ;
simple
    : INTEGER                                   { $$ = make_integer(parse, @1, $1); }
    | REAL                                      { $$ = make_real(parse, @1, $1); }
    | SIZE
    | NAME                                      { $$ = make_name(parse, @1, EXPR_NAME, $1); }
    | WORD                                      { $$ = make_name(parse, @1, EXPR_WORD, $1); }
    | call
    | parenthesised
    | tuple
    | matrix
    | simple OR simple                          { $$ = make_binary(parse, @$, OP_OR, $1, $3); }
    | simple AND simple                         { $$ = make_binary(parse, @$, OP_AND, $1, $3); }
    | NOT simple                                { $$ = make_unary(parse, @$, OP_NOT, $2); }
    | simple '<' simple                         { $$ = make_binary(parse, @$, OP_LT, $1, $3); }
    | simple '>' simple                         { $$ = make_binary(parse, @$, OP_GT, $1, $3); }
    | simple LE simple                          { $$ = make_binary(parse, @$, OP_LE, $1, $3); }
    | simple GE simple                          { $$ = make_binary(parse, @$, OP_GE, $1, $3); }
    | simple EQ simple                          { $$ = make_binary(parse, @$, OP_EQ, $1, $3); }
    | simple NE simple                          { $$ = make_binary(parse, @$, OP_NE, $1, $3); }
    | simple '+' simple                         { $$ = make_binary(parse, @$, OP_ADD, $1, $3); }
    | simple '-' simple                         { $$ = make_binary(parse, @$, OP_SUB, $1, $3); }
    | simple '*' simple                         { $$ = make_binary(parse, @$, OP_MUL, $1, $3); }
    | simple '/' simple                         { $$ = make_binary(parse, @$, OP_DIV, $1, $3); }
    | simple '%' simple                         { $$ = make_binary(parse, @$, OP_MOD, $1, $3); }
    | simple '^' simple                         { $$ = make_binary(parse, @$, OP_POW, $1, $3); }
    | '-' simple              %prec SIGN        { $$ = make_unary(parse, @$, OP_SUB, $2); }
    | '+' simple              %prec SIGN        { $$ = make_unary(parse, @$, OP_ADD, $2); }
    ;
call
    : NAME '(' exprs ')'                        { $$ = make_call(parse, @$, $1, $3); }
    | WORD '(' exprs ')'                        { $$ = make_call(parse, @$, $1, $3); }
    ;
parenthesised
    : '(' expr ')'                              { $$ = $2; }
    ;
tuple
    : '(' expr ',' exprs ')'                    { struct expr_list entries = {NULL, NULL, 0};
                                                  entries = list_expr(entries, $2);
                                                  entries.last->next = $4.first;
                                                  entries.last = $4.last;
                                                  entries.count += $4.count;
                                                  $$ = make_tuple(parse, @$, entries, false); }
    ;
exprs
    : expr                                      { $$ = list_expr((struct expr_list){NULL, NULL, 0}, $1); }
    | exprs ',' expr                            { $$ = list_expr($1, $3); }
    ;
matrix
    : '[' rows ']'                              { $$ = make_matrix(parse, @$, $2); }
    ;
rows
    : row                                       { $$ = matrix_begin(parse); matrix_row(parse, $$, $1); }
    | rows ';' row                              { $$ = $1; matrix_row(parse, $$, $3); }
    ;
row
    : entry                                     { $$ = list_expr((struct expr_list){NULL, NULL, 0}, $1); }
    | row entry                                 { $$ = list_expr($1, $2); }
    ;
entry
    : number
    | '-' number                                { $$ = $2; $$->integer = -$$->integer; $$->real = -$$->real;
                                                  $$->span = @$; }
    | '+' number                                { $$ = $2; $$->span = @$; }
    | '(' expr ')'                              { $$ = $2; }
    ;
number
    : INTEGER                                   { $$ = make_integer(parse, @1, $1); }
    | REAL                                      { $$ = make_real(parse, @1, $1); }
    ;

%%

/* The token code of one of bison's symbols, or -1 if the symbol is not a token. */
static int token_of(yysymbol_kind_t symbol)
{
    for (int token = 0; token <= YYMAXUTOK; token++)
        if (YYTRANSLATE(token) == symbol)
            return token;
    return -1;
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parse *parse)
{
    yysymbol_kind_t symbols[YYNTOKENS];
    int expected[YYNTOKENS], count = yypcontext_expected_tokens(context, symbols, YYNTOKENS);
    size_t found = 0;
    for (int i = 0; i < count; i++)
        if (token_of(symbols[i]) >= 0)
            expected[found++] = token_of(symbols[i]);
    syntax_error_report(parse, expected, found);
    return 0;
}

/* bison calls this only when its stack is full or memory is exhausted. */
static void yyerror(const struct span *span, struct parse *parse, const char *message)
{
    (void)message;
    syntax_error_too_deep(parse, *span, "this");
}
